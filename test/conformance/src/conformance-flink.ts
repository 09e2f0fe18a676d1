import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFlink } from '@hermes/stack/flink/cluster';
import type { EngineOutput } from './engine-output.ts';
import { runFlink } from './flink-engine.ts';

/** How many cases run at once; a job takes one slot. */
const AT_ONCE = 3;
/** A regular join of two reads with a statement set takes several slots of one job when they do not share. */
const SLOTS = 8;

export type AskFlink = (script: string, inputs: ReadonlyMap<string, readonly string[]>) => Promise<EngineOutput>;

/** Gives `work` a Flink of its own for as long as it takes. */
export async function withFlink<T>(work: (ask: AskFlink) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'hermes-conformance-'));
  console.error('starting a Flink of its own');
  const report = (detail: string): void => console.error(`Flink: ${detail}`);
  const flink = await startFlink({
    dataDir: join(folder, 'flink'),
    taskManager: { memoryMb: 1_900, slots: SLOTS },
    java: 'quick',
    report,
  });
  const end = (): never => process.exit(130);
  process.once('SIGINT', end);
  let number = 0;
  try {
    return await work((script, inputs) => runFlink(flink.gatewayUrl, script, inputs, join(folder, `case-${number++}`)));
  } finally {
    process.off('SIGINT', end);
    await flink.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

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
