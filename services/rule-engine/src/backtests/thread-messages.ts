import type { BacktestProgress, BacktestSetting } from '@hermes/contracts/rule-backtest';
import type { HistorySetting } from '@hermes/service-kit/history/history-client';
import type { ListRecord } from '../lists/lists-fold.ts';
import type { BacktestEnd } from './backtests.repository.ts';

/** What the thread is started with. */
export interface ThreadSetting {
  readonly setting: BacktestSetting;
  readonly history: HistorySetting;
  /** What the named lists that the two sides ask are when it begins. */
  readonly lists: readonly ListRecord[];
}

/** From the thread; the last one is its end. */
export type FromThread =
  | { readonly kind: 'progress'; readonly progress: BacktestProgress }
  | { readonly kind: 'end'; readonly end: BacktestEnd };
