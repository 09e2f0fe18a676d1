import type { Aggregate } from './aggregate.ts';
import { MAX_VALUE_BYTES } from './entry.ts';

/** Counters by value's JSON, and by how much each may be too low. */
export interface Summary {
  readonly counts: Map<string, number>;
  /** No value occurred more often than its counter (0 without one) plus this. */
  missed: number;
}

/** So many counters for the k most frequent: exact while there are no more different values. */
export const countersOf = (k: number): number => Math.max(64, 8 * k);

/**
 * Back to `counters` entries: the (counters + 1)-th largest count is taken off all of them. Source: Misra and Gries (1982); merging as in
 * Agarwal et al., "Mergeable summaries" (2012): the error stays below events / (counters + 1) however states are merged.
 */
function shrink(summary: Summary, counters: number): void {
  if (summary.counts.size <= counters) return;
  const excess = [...summary.counts.values()].sort((a, b) => b - a)[counters]!;
  summary.missed += excess;
  for (const [json, count] of summary.counts) {
    if (count > excess) summary.counts.set(json, count - excess);
    else summary.counts.delete(json);
  }
}

/** The k most frequent values with their counts: highest first, equal ones in the order of their JSON. */
export function topK(k: number): Aggregate<Summary> {
  const counters = countersOf(k);
  return {
    add(into, { value }) {
      if (value === undefined || value === null) return undefined;
      const json = JSON.stringify(value) as string | undefined;
      if (json === undefined || Buffer.byteLength(json) > MAX_VALUE_BYTES) return undefined;
      const summary = into ?? { counts: new Map<string, number>(), missed: 0 };
      summary.counts.set(json, (summary.counts.get(json) ?? 0) + 1);
      shrink(summary, counters);
      return summary;
    },
    merge(into, from) {
      if (into === undefined) return { counts: new Map(from.counts), missed: from.missed };
      for (const [json, count] of from.counts) into.counts.set(json, (into.counts.get(json) ?? 0) + count);
      into.missed += from.missed;
      shrink(into, counters);
      return into;
    },
    write(writer, state) {
      writer.varint(state.missed);
      writer.varint(state.counts.size);
      for (const [json, count] of state.counts) {
        writer.text(json);
        writer.varint(count);
      }
    },
    read(reader) {
      const summary: Summary = { counts: new Map(), missed: reader.varint() };
      for (let left = reader.varint(); left > 0; left--) summary.counts.set(reader.text(), reader.varint());
      return summary;
    },
    value(state) {
      const ranked = [...(state?.counts ?? [])].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, k);
      return {
        value: ranked.map(([json, count]) => ({ value: JSON.parse(json) as unknown, count })),
        ...(state !== undefined && state.missed > 0 ? { bound: state.missed } : {}),
      };
    },
  };
}
