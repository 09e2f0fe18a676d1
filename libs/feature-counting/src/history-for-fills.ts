import type { History } from './feature-filler.ts';
import type { HistoryClient } from '@hermes/service-kit/history/history-client';

/** History as fills read it: everything before an offset of a partition, subject by subject. `signal` ends what is being read. */
export const historyForFills = (client: HistoryClient, project: string, signal: AbortSignal): History => ({
  events: (query) => client.placedEvents(project, { ...query, order: 'subject', complete: true }, signal),
});
