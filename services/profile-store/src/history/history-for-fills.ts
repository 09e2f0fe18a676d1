import type { History } from '../processing/feature-filler.ts';
import type { HistoryClient } from './history-client.ts';

/** History as fills read it: everything before an offset of a partition, subject by subject. `signal` ends what is being read. */
export const historyForFills = (client: HistoryClient, project: string, signal: AbortSignal): History => ({
  events: (query) => client.placedEvents(project, { ...query, order: 'subject', complete: true }, signal),
});
