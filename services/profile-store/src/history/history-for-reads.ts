import type { HermesEvent } from '@hermes/contracts/event';
import type { HistoryUntil } from '../profiles/past-profiles.ts';
import { type HistoryClient, HistoryError, historyProblem } from '@hermes/service-kit/history/history-client';

/** A read of the past that takes longer is ended. */
const READ_WITHIN_MS = 60_000;

/** History as reads of the past need it: complete up to an instant, or a problem. */
export const historyUntil = (client: HistoryClient): HistoryUntil => ({
  async *events(project, query): AsyncGenerator<HermesEvent> {
    const asked = { ...query, order: 'subject', complete: true } as const;
    try {
      yield* client.events(project, asked, AbortSignal.timeout(READ_WITHIN_MS)).events;
    } catch (error) {
      throw error instanceof HistoryError ? historyProblem(error) : error;
    }
  },
});
