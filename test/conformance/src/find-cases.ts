import { existsSync, globSync } from 'node:fs';
import { resolve } from 'node:path';
import { readCase, type ConformanceCase } from './case-file.ts';

export const ownCases = resolve(import.meta.dirname, '../cases');

/** The cases in these folders and files, by path; all of this repository's when none is named. @throws Error when one names nothing */
export function findCases(paths: readonly string[]): ConformanceCase[] {
  const files = (paths.length === 0 ? [ownCases] : paths.map(absolute)).flatMap((path) => {
    const found = path.endsWith('.sql')
      ? [path]
      : globSync('**/*.sql', { cwd: path }).map((file) => resolve(path, file));
    if (found.length === 0 || !existsSync(found[0]!)) {
      throw new Error(`${path} has no cases: a case is a file NAME.sql, see docs/conformance.md`);
    }
    return found;
  });
  return [...new Set(files)].sort().map(readCase);
}

/** The same for a command: what is wrong with the paths or a case is said in one line, and the process ends. */
export function casesOfCommandLine(): ConformanceCase[] {
  try {
    return findCases(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

/** A path as the person means it, who may have called npm from a folder within the workspace. */
function absolute(path: string): string {
  const here = resolve(path);
  return existsSync(here) ? here : resolve(process.env['INIT_CWD'] ?? '.', path);
}
