import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import type { ERASURE_STORES, ErasureReport } from '@hermes/contracts/erasure';
import { erasureReportsTopic } from '@hermes/contracts/topics';
import type { Logger } from 'pino';
import type { ErasureCopy, OpenErasure } from './erasure-copy.ts';

/** How long every process of the service is given to read an erasure that this one has read; it takes them milliseconds as a rule. */
const SETTLE_MS = 2_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** Where data of subjects is. Each of its calls may be repeated. */
export interface ErasableStore {
  readonly name: (typeof ERASURE_STORES)[number];
  /** Rows that an erasure covers. */
  count(erasure: OpenErasure): Promise<number>;
  /** Deletes them; they are gone when this resolves. */
  remove(erasure: OpenErasure): Promise<void>;
}

export interface ErasureWorkSetting {
  readonly kafka: KafkaDriver;
  readonly project: string;
  readonly copy: ErasureCopy;
  readonly stores: readonly ErasableStore[];
  /**
   * Whether everything that any process of the service had taken up for the stores at the call is in them; it may take its time.
   * What is taken up later is taken up by processes that know the erasure, and keep out what it covers.
   */
  readonly settled: (signal: AbortSignal) => Promise<boolean>;
  readonly logger: Logger;
  readonly settleMs?: number;
}

interface Task {
  readonly erasure: OpenErasure;
  /** By store. */
  readonly removed: Map<string, number>;
}

/**
 * Deletes what erasures cover and reports it, one erasure after the other as they come; those that are open at the start, because a
 * process ended in the middle or has just come, are done again and reported again. Several processes may do the same work.
 *
 * That nothing comes back, in four steps:
 * 1. what is there is deleted at once;
 * 2. processes that read the erasure later than this one are given time (`settleMs`); from then on none takes up what it covers;
 * 3. what was taken up before is waited for, in whichever process it is (`settled`: offsets are committed after the insert);
 * 4. what has come in between is deleted, and only when looking again finds nothing is it reported.
 * There remains a process that stood still for longer than its group waits for it, in the middle of an insert: its rows stay until the
 * erasure is done again at a next start while it is open.
 */
export function eraseOnRequest(setting: ErasureWorkSetting): { close(): Promise<void> } {
  const { copy, logger, project } = setting;
  const closing = new AbortController();
  const queue: Task[] = [];
  let running: Promise<void> | undefined;

  const work = async (): Promise<void> => {
    for (let failures = 0; queue.length > 0 && !closing.signal.aborted;) {
      // All that wait are done together: they share the waiting.
      const tasks = [...queue];
      try {
        await eraseAll(tasks, setting, closing.signal);
        queue.splice(0, tasks.length);
        failures = 0;
      } catch (error) {
        if (closing.signal.aborted) return;
        const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** failures++, LONGEST_PAUSE_MS);
        logger.warn({ err: error, project, open: queue.length, pauseMs }, 'an erasure is not done yet; trying again');
        await sleep(pauseMs, undefined, { signal: closing.signal }).catch(() => undefined);
      }
    }
  };
  const begin = (): void => {
    running ??= work().finally(() => {
      running = undefined;
      if (queue.length > 0 && !closing.signal.aborted) begin();
    });
  };
  copy.onOpen((erasure) => {
    queue.push({ erasure, removed: new Map() });
    begin();
  });
  return {
    async close() {
      closing.abort();
      await running;
    },
  };
}

async function eraseAll(tasks: readonly Task[], setting: ErasureWorkSetting, signal: AbortSignal): Promise<void> {
  const { stores, settled, settleMs = SETTLE_MS } = setting;
  const removeAll = async (): Promise<void> => {
    for (const task of tasks) for (const store of stores) await removeFrom(store, task, signal);
  };
  await removeAll();
  await sleep(settleMs, undefined, { signal });
  if (!(await settled(signal))) throw new Error('not everything that was under way has landed');
  await removeAll();
  const reports: ErasureReport[] = [];
  for (const { erasure, removed } of tasks) {
    for (const store of stores) {
      const remaining = await store.count(erasure);
      if (remaining > 0) throw new Error(`${remaining} rows of '${store.name}' are there again`);
      reports.push({
        erasureId: erasure.id,
        subjectHash: erasure.subjectHash,
        store: store.name,
        removed: removed.get(store.name) ?? 0,
        remaining,
        at: new Date().toISOString(),
      });
    }
  }
  await report(reports, setting);
}

async function removeFrom(store: ErasableStore, task: Task, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const found = await store.count(task.erasure);
  if (found === 0) return;
  await store.remove(task.erasure);
  task.removed.set(store.name, (task.removed.get(store.name) ?? 0) + found);
}

async function report(reports: readonly ErasureReport[], { kafka, project }: ErasureWorkSetting): Promise<void> {
  const producer = await kafka.producer();
  try {
    await producer.send(
      reports.map((one) => ({ topic: erasureReportsTopic(project), key: one.erasureId, value: JSON.stringify(one) })),
    );
  } finally {
    await producer.close();
  }
}
