import type { SpanRecords } from './fetched-piece.ts';
import type { RecordSpans } from './record-spans.ts';

/**
 * The records from `offset` on, for one of several readers of the same bytes: `starts` is its own, so that it may mark records in it. undefined: there
 * are none.
 */
export function spansFrom(records: SpanRecords, offset: number): SpanRecords | undefined {
  const chunk = records.spans.findIndex(({ count, offsets }) => offsets[count - 1]! >= offset);
  if (chunk < 0) return undefined;
  const skipped = firstAt(records.spans[chunk]!, offset);
  const place = (at: number, i: number): [number, number] => [at + chunk, at === 0 ? i + skipped : i];
  return {
    spans: records.spans.slice(chunk).map((spans, at) => part(spans, at === 0 ? skipped : 0)),
    record: (at, i) => records.record(...place(at, i)),
    header: (at, i, name) => records.header(...place(at, i), name),
  };
}

/** The first record that is not before `offset`; one is there. */
function firstAt({ count, offsets }: RecordSpans, offset: number): number {
  let low = 0;
  for (let high = count - 1; low < high;) {
    const middle = (low + high) >>> 1;
    if (offsets[middle]! < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

const part = (spans: RecordSpans, from: number): RecordSpans => ({
  bytes: spans.bytes,
  count: spans.count - from,
  starts: spans.starts.slice(from, spans.count),
  ends: spans.ends.subarray(from),
  at: spans.at.subarray(from),
  offsets: spans.offsets.subarray(from),
  timestampsMs: spans.timestampsMs.subarray(from),
  headers: spans.headers,
});
