import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../launch/settings.ts';
import { startPart } from '../parts/instance.ts';
import { parts } from '../parts/all.ts';
import { partNames } from '../parts/part.ts';
import { endProcess, identify, type ProcessIdentity } from '../process/process-identity.ts';
import { guardedArgv } from '../process/guarded-spawn.ts';
import { Sentence } from '../process/sentence.ts';
import { startHermes } from '../testing/hermes.ts';
import { checkFormat, lint, typecheck } from './static-checks.ts';
import { add, none, tallyOf, type Tally } from './vitest-results.ts';
import { spawn } from 'node:child_process';

const stages = ['format', 'typecheck', 'lint', 'unit', 'servers', 'e2e'] as const;
type Stage = (typeof stages)[number];

/**
 * `npm test`: everything, in the order of cost, on servers and data of its own; `npm test -- STAGE...` some of it. The last
 * line is `N passed, N failed`, and nothing is left behind.
 */
export async function verifyEverything(args: readonly string[]): Promise<number> {
  const wrong = args.find((word) => !stages.includes(word as Stage));
  if (wrong !== undefined)
    throw new Sentence(`npm test does not know "${wrong}": use any of ${stages.join(', ')}, or none for all.`);
  const { workspace } = readSettings(process.env, Date.now());
  const scratch = mkdtempSync(join(tmpdir(), 'hermes-test-'));
  const run = new Verification(workspace, scratch);
  const stop = (): void => void run.interrupt();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  try {
    let total = none;
    for (const stage of stages) {
      if (run.interrupted || (args.length > 0 && !args.includes(stage))) continue;
      process.stdout.write(`\n== ${stage}\n`);
      total = add(total, await run.stage(stage));
    }
    if (run.interrupted) total = { ...total, failed: total.failed + 1 };
    if (total.skipped > 0) process.stdout.write(`\n${total.skipped} skipped\n`);
    await run.cleanUp();
    process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
    return total.failed === 0 ? 0 : 1;
  } finally {
    await run.cleanUp();
  }
}

class Verification {
  private readonly workspace: string;
  private readonly scratch: string;
  private readonly closers: (() => Promise<void>)[] = [];
  private vitest: ProcessIdentity | undefined;
  interrupted = false;

  constructor(workspace: string, scratch: string) {
    this.workspace = workspace;
    this.scratch = scratch;
  }

  /** A stage that cannot be run at all is one failure, and the next ones still run. */
  async stage(stage: Stage): Promise<Tally> {
    try {
      return await this.run(stage);
    } catch (error) {
      process.stdout.write(`FAIL  ${stage}: ${error instanceof Error ? error.message : String(error)}\n`);
      return { ...none, failed: 1 };
    } finally {
      await this.close();
    }
  }

  private async run(stage: Stage): Promise<Tally> {
    switch (stage) {
      case 'format':
        return checkFormat(this.workspace);
      case 'typecheck':
        return (await typecheck(this.workspace)).reduce(add, none);
      case 'lint':
        return lint(this.workspace);
      case 'unit':
        return this.vitestProject('unit', {});
      case 'servers':
        return this.vitestProject('servers', await this.serverEnvironment());
      case 'e2e':
        return this.vitestProject('e2e', await this.productEnvironment());
    }
  }

  async interrupt(): Promise<void> {
    this.interrupted = true;
    if (this.vitest !== undefined) await endProcess(this.vitest, 'SIGTERM', 10_000);
  }

  async cleanUp(): Promise<void> {
    await this.close();
    rmSync(this.scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  private async close(): Promise<void> {
    await Promise.allSettled(this.closers.splice(0).map((close) => close()));
  }

  /** The four parts on free ports, and how to reach them. */
  private async serverEnvironment(): Promise<Record<string, string>> {
    const folder = join(this.scratch, 'servers');
    const running = await Promise.all(
      partNames.map(async (name) => {
        const part = await startPart(name, { dataDir: join(folder, name) });
        this.closers.push(() => part.stop());
        return part;
      }),
    );
    const analystUrl = running.find(({ name }) => name === 'clickhouse')?.analystUrl ?? '';
    return {
      ...Object.fromEntries(running.map(({ name, url }) => [parts[name].variable, url])),
      CLICKHOUSE_ANALYST_URL: analystUrl,
    };
  }

  /** One complete Hermes that the e2e tests share. */
  private async productEnvironment(): Promise<Record<string, string>> {
    const dataDir = join(this.scratch, 'hermes');
    mkdirSync(dataDir);
    const hermes = await startHermes({ dataDir });
    this.closers.push(() => hermes.stop());
    return { HERMES_E2E_DATA_DIR: dataDir };
  }

  private async vitestProject(project: string, environment: Record<string, string>): Promise<Tally> {
    if (this.interrupted) return none;
    const outputFile = join(this.scratch, `${project}.json`);
    const script = join(this.workspace, 'node_modules/vitest/vitest.mjs');
    const flags = [
      'run',
      '--project',
      project,
      '--passWithNoTests',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${outputFile}`,
    ];
    const [file, ...args] = guardedArgv({ argv: [process.execPath, script, ...flags], deathSignal: 'SIGTERM' });
    const child = spawn(file, args, {
      cwd: this.workspace,
      // A folder of temporary files that goes with everything else.
      env: { ...process.env, ...environment, TMPDIR: this.scratch },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    this.vitest = child.pid === undefined ? undefined : identify(child.pid);
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (exitCode) => resolve(exitCode ?? 1));
    });
    return tallyOf(readReport(outputFile), code);
  }
}

function readReport(file: string): Parameters<typeof tallyOf>[0] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Parameters<typeof tallyOf>[0];
  } catch {
    return undefined;
  }
}
