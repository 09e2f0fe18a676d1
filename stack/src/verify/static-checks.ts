import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../parts/run-command.ts';
import { none, type Tally } from './vitest-results.ts';

/** A check that reads the sources only. */
async function check(name: string, script: string, args: readonly string[], workspace: string): Promise<Tally> {
  const beganMs = performance.now();
  const result = await runCommand(process.execPath, [join(workspace, script), ...args], {
    cwd: workspace,
    env: { NX_DAEMON: 'false' },
  });
  const seconds = ((performance.now() - beganMs) / 1000).toFixed(1);
  process.stdout.write(`${result.code === 0 ? 'pass' : 'FAIL'}  ${name} (${seconds} s)\n`);
  if (result.code !== 0) process.stdout.write(`${result.stdout}${result.stderr}\n`);
  return result.code === 0 ? { ...none, passed: 1 } : { ...none, failed: 1 };
}

const prettier = 'node_modules/prettier/bin/prettier.cjs';

export const checkFormat = (workspace: string): Promise<Tally> =>
  check(
    'format',
    prettier,
    ['--check', '--log-level=warn', '--cache', '--cache-location=node_modules/.cache/hermes/prettier', '.'],
    workspace,
  );

export const writeFormat = (workspace: string): Promise<Tally> =>
  check('format', prettier, ['--write', '--log-level=warn', '.'], workspace);

export const lint = (workspace: string): Promise<Tally> =>
  check('lint', 'node_modules/eslint/bin/eslint.js', ['--max-warnings=0', '.'], workspace);

/** One result for each package that has a tsconfig.json, in the order of the workspaces. */
export async function typecheck(workspace: string): Promise<Tally[]> {
  const results: Tally[] = [];
  for (const folder of packageFolders(workspace)) {
    results.push(
      await check(`types of ${folder}`, 'node_modules/typescript-native/bin/tsc', ['-p', folder], workspace),
    );
  }
  return results;
}

export function packageFolders(workspace: string): string[] {
  const { workspaces } = JSON.parse(readFileSync(join(workspace, 'package.json'), 'utf8')) as { workspaces: string[] };
  return workspaces
    .flatMap((pattern) => globSync(pattern, { cwd: workspace }).toSorted())
    .filter((folder) => existsSync(join(workspace, folder, 'tsconfig.json')));
}
