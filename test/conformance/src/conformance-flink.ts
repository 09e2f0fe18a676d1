import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFlink, type RunningFlink } from '@hermes/stack/flink/cluster';
import type { EngineOutput } from './engine-output.ts';
import { runFlink } from './flink-engine.ts';
import { LookupDatabase } from './lookup-database.ts';

/** How many cases run at once; a job takes one slot, one of several outputs may take more. */
const AT_ONCE = 3;
const SLOTS = 8;
/** A script that ends Flink itself is asked again twice, since it may have been one beside it. */
const TRIES = 3;

export type AskFlink = (script: string, inputs: ReadonlyMap<string, readonly string[]>) => Promise<EngineOutput>;

/**
 * Gives `work` a Flink of its own for as long as it takes. One that breaks is replaced: a failure in the generated code of an
 * aggregate ends a whole TaskManager.
 */
export async function withFlink<T>(work: (ask: AskFlink) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'hermes-conformance-'));
  const lookups = new LookupDatabase(folder);
  let [starts, scripts] = [0, 0];
  const start = (): Promise<RunningFlink> => {
    console.error(starts === 0 ? 'starting a Flink of its own' : 'Flink has ended, starting another');
    return startFlink({
      dataDir: join(folder, `flink-${starts++}`),
      taskManager: { memoryMb: 1_900, slots: SLOTS },
      java: 'quick',
      report: (detail) => console.error(`Flink: ${detail}`),
    });
  };
  const end = (): never => process.exit(130);
  process.once('SIGINT', end);
  let running = start();
  const ask: AskFlink = async (script, inputs) => {
    for (let tries = 1; ; tries++) {
      const mine = running;
      const flink = await mine;
      const answer = runFlink(flink.gatewayUrl, script, inputs, join(folder, `case-${scripts++}`), lookups);
      const output = await unlessEnded(flink, answer);
      if (!isLost(output) || tries === TRIES) return output;
      // The first who notices replaces it, the others wait for the same one.
      if (running === mine) running = flink.stop().then(start);
    }
  };
  try {
    return await work(ask);
  } finally {
    process.off('SIGINT', end);
    await Promise.all([running.then((flink) => flink.stop()), lookups.stop()]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** The answer, or that there will be none because a process of Flink is gone. */
async function unlessEnded(flink: RunningFlink, answer: Promise<EngineOutput>): Promise<EngineOutput> {
  const lost = (why: unknown): EngineOutput => ({
    kind: 'error',
    stage: 'runtime',
    message: `${LOST} (${String(why)})`,
  });
  const answered = answer.catch(lost);
  const done = new AbortController();
  const watch = async (): Promise<EngineOutput> => {
    while (!done.signal.aborted && flink.alive()) await sleep(250);
    return lost('a process has ended');
  };
  const output = await Promise.race([answered, watch()]);
  done.abort();
  return output;
}

const LOST = 'Flink does not answer';

/** Whether Flink itself has ended, rather than one job. */
const isLost = (output: EngineOutput): boolean =>
  output.kind === 'error' &&
  new RegExp(
    `${LOST}|NoResourceAvailableException|TaskExecutor is shutting down|TaskManager .*lost|Disconnect from JobManager|Heartbeat of`,
  ).test(output.message);

/** Whether what failed is Flink's own doing: code that it generated and that cannot be compiled, for one. Then it has no answer. */
export const isFlinkDefect = (output: EngineOutput): boolean =>
  isLost(output) ||
  (output.kind === 'error' &&
    /CompileException|CodeGenException|AssertionError|NullPointerException|ClassCastException|cannot be compiled/.test(
      output.message,
    ));

/** Does something with each item, a few at a time, and answers in their order. */
export async function mapSome<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index]!);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}
