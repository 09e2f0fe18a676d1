import type { Sink } from '../connector.ts';

/** Drops all rows; nothing of them is kept for a checkpoint. */
export const blackholeSink = (): Sink => ({
  write: () => undefined,
  waiting: { rows: 0, bytes: 0 },
  cut: () => [],
  deliver: async () => undefined,
  close: async () => undefined,
});
