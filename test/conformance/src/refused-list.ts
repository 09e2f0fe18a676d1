import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { askEmbedded } from './ask-embedded.ts';
import type { Verdict } from './compare.ts';
import type { ConformanceCase } from './case-file.ts';
import type { Interruption } from './embedded-job.ts';
import { ownCases } from './find-cases.ts';
import { readRecording } from './recording.ts';

/** The cases that the engine does not take yet, each with what it says: it may only become shorter. */
const file = resolve(import.meta.dirname, '../refused.json');
/** The cases that the engine is known to answer wrongly, each with what is wrong: written by hand, and best empty. */
const differencesFile = resolve(import.meta.dirname, '../known-differences.json');

export const nameInList = (each: ConformanceCase): string => relative(ownCases, each.file);

const readList = (path: string): ReadonlyMap<string, string> =>
  new Map(existsSync(path) ? Object.entries(JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>) : []);

export const readRefusedList = (): ReadonlyMap<string, string> => readList(file);
export const readKnownDifferences = (): ReadonlyMap<string, string> => readList(differencesFile);

export function writeRefusedList(list: ReadonlyMap<string, string>): void {
  const entries = [...list].sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`);
}

/** The embedded engine's answer to a case beside the recorded one. @throws when there is no recording */
export async function verdictOf(each: ConformanceCase, interruption?: Interruption): Promise<Verdict> {
  const recording = readRecording(each.file);
  if (recording === undefined) throw new Error(`no recording: npm run conformance:record -- ${each.file}`);
  return askEmbedded(each, recording, interruption);
}
