/** `npm run conformance:record [-- FOLDER_OR_CASE...]`: writes what a real Flink answers beside each case. */
import { relative } from 'node:path';
import { withFlink, mapSome } from './conformance-flink.ts';
import { casesOfCommandLine } from './find-cases.ts';
import { readRecording, recordingOf, recordingText, writeRecording } from './recording.ts';

const FLINK = '2.2.0';

const cases = casesOfCommandLine();
const beganMs = performance.now();
const outcomes = await withFlink((ask) =>
  mapSome(cases, async (each) => {
    const name = relative(process.cwd(), each.file);
    const recorded = recordingOf(each, await ask(each.script, each.inputs), FLINK);
    if (recorded.kind === 'not-as-said') {
      console.log(`FAIL ${name}: ${recorded.reason}`);
      return 'failed';
    }
    const before = readRecording(each.file);
    if (before !== undefined && recordingText(before) === recordingText(recorded.recording)) return 'same';
    writeRecording(each.file, recorded.recording);
    console.log(`${before === undefined ? 'new    ' : 'changed'} ${name}`);
    return before === undefined ? 'new' : 'changed';
  }),
);
const count = (wanted: string): number => outcomes.filter((outcome) => outcome === wanted).length;
const figures = {
  recorded: cases.length - count('failed'),
  new: count('new'),
  changed: count('changed'),
  failed: count('failed'),
  seconds: Math.round((performance.now() - beganMs) / 100) / 10,
};
console.log(JSON.stringify(figures));
process.exit(figures.failed === 0 ? 0 : 1);
