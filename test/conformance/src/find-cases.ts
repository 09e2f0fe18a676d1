import { globSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { readCase, type ConformanceCase } from './case-file.ts';

export const ownCases = resolve(import.meta.dirname, '../cases');

/** The cases in these folders and files, by path; all of this repository's when none is named. @throws Error when one names nothing */
export function findCases(paths: readonly string[], from = process.cwd()): ConformanceCase[] {
  const files = (paths.length === 0 ? [ownCases] : paths.map((path) => resolve(from, path))).flatMap((path) => {
    const found = path.endsWith('.sql')
      ? [path]
      : globSync('**/*.sql', { cwd: path }).map((file) => resolve(path, file));
    if (found.length === 0 || !statSync(found[0]!, { throwIfNoEntry: false })) {
      throw new Error(`${path} has no cases: a case is a file NAME.sql, see docs/conformance.md`);
    }
    return found;
  });
  return [...new Set(files)].sort().map(readCase);
}
