/** `npm run conformance [-- FOLDER_OR_CASE...]`: asks a real Flink and the embedded engine, and prints where they differ. */
import { relative } from 'node:path';
import { askEmbedded } from './ask-embedded.ts';
import { mapSome, withFlink } from './conformance-flink.ts';
import { casesOfCommandLine } from './find-cases.ts';
import { recordingOf } from './recording.ts';

const cases = casesOfCommandLine();
const tally = { agree: 0, differ: 0, refused: 0, broken: 0 };
await withFlink((ask) =>
  mapSome(cases, async (each) => {
    const name = relative(process.cwd(), each.file);
    const flink = await ask(each.script, each.inputs);
    // Live, what Flink does is right, also where the case did not foresee a failure.
    const recorded = recordingOf({ ...each, expectsError: flink.kind === 'error' }, flink, 'live');
    if (recorded.kind === 'not-as-said') {
      tally.broken++;
      console.log(`BROKEN  ${name}: ${recorded.reason}`);
      return;
    }
    const verdict = await askEmbedded(each, recorded.recording);
    tally[verdict.kind]++;
    if (verdict.kind === 'refused') console.log(`refused ${name}: ${verdict.reason}`);
    if (verdict.kind === 'differ') console.log([`DIFFER  ${name}`, ...verdict.differences].join('\n        '));
  }),
);
const figures = { conformance: tally.differ + tally.broken === 0 ? 'ok' : 'failed', cases: cases.length, ...tally };
console.log(JSON.stringify(figures));
process.exit(figures.conformance === 'ok' ? 0 : 1);
