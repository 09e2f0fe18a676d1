import type { Aggregate } from './aggregate.ts';
import { compareEntries, type Entry, entryOf, readEntry, writeEntry } from './entry.ts';

/** The oldest value: what comes first in the order of entries. */
export const first: Aggregate<Entry> = {
  add(into, seen) {
    // Most events are newer than the oldest: told without making their JSON.
    if (into !== undefined && seen.timeMs > into.timeMs && seen.value !== undefined) return into;
    const entry = entryOf(seen, false);
    return entry === undefined ? undefined : older(into, entry);
  },
  merge: older,
  write: writeEntry,
  read: readEntry,
  value: (state) => ({ value: state === undefined ? null : (JSON.parse(state.json) as unknown) }),
  json: (state) => state?.json ?? 'null',
};

function older(into: Entry | undefined, entry: Entry): Entry {
  return into === undefined || compareEntries(entry, into) < 0 ? entry : into;
}
