import type { BacktestProgress, BacktestResult, BacktestSetting } from '@hermes/contracts/rule-backtest';
import type { ListLookup } from '@hermes/rules/list-operators';
import { type HistoryClient, HistoryError } from '@hermes/service-kit/history/history-client';
import { setTimeout as sleep } from 'node:timers/promises';
import { BacktestRun } from './backtest-run.ts';

/** A longer list makes a request that servers refuse; then all types are read, and most of them left out here. */
const MAX_TYPES_ASKED = 100;
const TELL_EVERY_MS = 500;
/** So often the past is read from its beginning when it breaks off. */
const MAX_TRIES = 3;
const PAUSE_MS = 3_000;

const isoOf = (ms: number): string => new Date(ms).toISOString();

/**
 * Runs a setting over history to its end; from the beginning again where history breaks off.
 *
 * @throws HistoryError, TooMuchToHoldError; any other Error is a defect
 */
export async function readPast(
  setting: BacktestSetting,
  history: Pick<HistoryClient, 'openBatches'>,
  list: ListLookup,
  tell: (progress: BacktestProgress) => void,
): Promise<BacktestResult> {
  for (let tries = 1; ; tries++) {
    try {
      return await readOnce(setting, history, list, tell);
    } catch (error) {
      if (!(error instanceof HistoryError) || error.fault === 'refused' || tries === MAX_TRIES) throw error;
      await sleep(PAUSE_MS * tries);
    }
  }
}

async function readOnce(
  setting: BacktestSetting,
  history: Pick<HistoryClient, 'openBatches'>,
  list: ListLookup,
  tell: (progress: BacktestProgress) => void,
): Promise<BacktestResult> {
  const run = new BacktestRun(setting, { list });
  const { types, readFromMs } = run;
  const startedMs = performance.now();
  const opened = await history.openBatches(setting.project, {
    types: types.length > MAX_TYPES_ASKED ? undefined : types,
    order: run.sides.isBySubject ? 'subject-offset' : 'log',
    receivedFrom: Number.isFinite(readFromMs) ? isoOf(readFromMs) : undefined,
    receivedTo: setting.to,
    complete: true,
  });
  if (opened.kind === 'failed') throw opened.error;
  const seconds = (): number => (performance.now() - startedMs) / 1_000;
  let read = 0;
  let toldMs = 0;
  for await (const events of opened.events) {
    for (const event of events) run.take(event);
    read += events.length;
    if (performance.now() - toldMs < TELL_EVERY_MS) continue;
    toldMs = performance.now();
    // The count is one of a moment before, and repeats count in it.
    const fraction = opened.count === undefined || opened.count === 0 ? 0 : Math.min(0.99, read / opened.count);
    tell({ fraction, events: read, eventsPerSecond: Math.round(read / seconds()) });
  }
  const findings = run.finish();
  return {
    ...findings,
    seconds: seconds(),
    eventsPerSecond: Math.round(read / seconds()),
    notes: [...run.notes(Date.parse(opened.keptSince))],
  };
}
