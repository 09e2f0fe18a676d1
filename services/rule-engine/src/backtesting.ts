/** The thread of one backtest: a rule over the past, on an event loop and a heap of its own, so that nothing live waits for it. */
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { HistoryClient, HistoryError } from '@hermes/service-kit/history/history-client';
import { TooMuchToHoldError } from './backtests/backtest-run.ts';
import type { BacktestEnd } from './backtests/backtests.repository.ts';
import { readPast } from './backtests/read-past.ts';
import { listsFrom } from './lists/lists-copy.ts';
import type { FromThread, ThreadSetting } from './backtests/thread-messages.ts';

/** A tenth of the processor time of a thread beside it, where there is not enough for both. */
const NICE = 10;

if (parentPort === null) throw new Error('this is started by main.ts');
const port = parentPort;
const tell = (message: FromThread): void => port.postMessage(message);

/** On Linux, where a thread has a priority of its own. */
function yieldToOthers(): void {
  try {
    // `<process>/task/<thread>`
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), NICE);
  } catch {
    // Not Linux, or not allowed.
  }
}

function endOf(error: unknown): BacktestEnd {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof TooMuchToHoldError) return { kind: 'failed', problem: { code: 'too-much-to-hold', message } };
  if (!(error instanceof HistoryError)) return { kind: 'failed', problem: { code: 'defect', message } };
  const code =
    error.fault === 'behind' ? 'history-behind' : error.fault === 'refused' ? 'history-refused' : 'history-away';
  return { kind: 'failed', problem: { code, message } };
}

yieldToOthers();
const { setting, history, lists } = workerData as ThreadSetting;
const end = await readPast(setting, new HistoryClient(history), listsFrom(lists), (progress) =>
  tell({ kind: 'progress', progress }),
).then((result): BacktestEnd => ({ kind: 'done', result }), endOf);
tell({ kind: 'end', end });
port.close();
