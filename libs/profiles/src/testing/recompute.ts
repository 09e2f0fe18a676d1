import { durationMs, type Feature } from '@hermes/contracts/feature';

/**
 * What a feature must answer, computed in the plainest way from all events at once. Shares no code with what it tests but the contract:
 * sums are sums of big integers, windows are comparisons with the interval, order is a sort.
 */

export interface PlainEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly timeMs: number;
  readonly receivedAtMs: number;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Interval {
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Of a sliding window or a UTC calendar period. */
export function intervalOf(feature: Feature, nowMs: number): Interval {
  const { window } = feature;
  if (window.kind === 'all-time') return { fromMs: null, toMs: null };
  if (window.kind === 'sliding') {
    const length = durationMs(window.length);
    const tile = length <= HOUR ? 1_000 : length <= DAY ? 60_000 : HOUR;
    const from = nowMs - length;
    return { fromMs: from - (((from % tile) + tile) % tile), toMs: nowMs - (((nowMs % tile) + tile) % tile) + tile };
  }
  if (feature.timeZone !== 'UTC') throw new Error('the plain way knows UTC only');
  const now = new Date(nowMs);
  const [y, m, d] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  const { back } = window;
  const range = (at: (i: number) => number): Interval => ({ fromMs: at(-back), toMs: at(1 - back) });
  switch (window.period) {
    case 'day':
      return range((i) => Date.UTC(y, m, d + i));
    case 'week':
      return range((i) => Date.UTC(y, m, d - ((now.getUTCDay() + 6) % 7) + 7 * i));
    case 'month':
      return range((i) => Date.UTC(y, m + i, 1));
    case 'quarter':
      return range((i) => Date.UTC(y, Math.floor(m / 3) * 3 + 3 * i, 1));
    case 'year':
      return range((i) => Date.UTC(y + i, 0, 1));
  }
}

/** `$.data.x` of the event. */
const field = (event: PlainEvent, path: string): unknown => event.data[path.replace('$.data.', '')];

const isLate = (feature: Feature, event: PlainEvent): boolean => {
  if (feature.lateLimit !== undefined && event.receivedAtMs - event.timeMs > durationMs(feature.lateLimit)) return true;
  const { fromMs } = intervalOf(feature, event.receivedAtMs);
  return fromMs !== null && event.timeMs < fromMs;
};

/** A number or a decimal string with up to four places, in ten-thousandths. */
function scaled(value: unknown): bigint | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const match = /^(-?\d+)(?:\.(\d{1,4}))?$/.exec(String(value));
  if (match === null) return undefined;
  const [, whole = '', fraction = ''] = match;
  return BigInt(whole + fraction.padEnd(4, '0'));
}

const PATHLESS = new Set(['count', 'rate', 'time-since', 'ratio', 'geo-centroid']);
const NUMERIC = new Set(['sum', 'avg', 'min', 'max', 'ewma']);

/** Whether the event has what the feature counts, late or not. */
function hasValue({ compute }: Feature, event: PlainEvent): boolean {
  if (PATHLESS.has(compute.kind)) return true;
  const value = field(event, (compute as { readonly path: string }).path);
  if (NUMERIC.has(compute.kind)) return scaled(value) !== undefined;
  return value !== undefined && (value !== null || compute.kind === 'set');
}

export interface Recomputed {
  readonly value: unknown;
  readonly late: number;
}

/** @param accepts - the feature's filter, as a plain function */
export function recompute(
  feature: Feature,
  all: readonly PlainEvent[],
  nowMs: number,
  accepts: (event: PlainEvent) => boolean = () => true,
): Recomputed {
  const { compute } = feature;
  const matching = all.filter(
    (event) => feature.eventTypes.includes(event.type) && accepts(event) && hasValue(feature, event),
  );
  const late = matching.filter((event) => isLate(feature, event)).length;
  const { fromMs, toMs } = intervalOf(feature, nowMs);
  const counted = matching
    .filter((event) => !isLate(feature, event))
    .filter(({ timeMs }) => (fromMs === null || timeMs >= fromMs) && (toMs === null || timeMs < toMs))
    .sort(
      (a, b) =>
        a.timeMs - b.timeMs ||
        a.receivedAtMs - b.receivedAtMs ||
        (a.id < b.id ? -1 : a.id > b.id ? 1 : 0) ||
        (JSON.stringify(a.data) < JSON.stringify(b.data) ? -1 : 1),
    );
  const values =
    'path' in compute && compute.path !== undefined ? counted.map((event) => field(event, compute.path!)) : [];
  const numbers = values.map((value) => Number(value));
  const answer = (value: unknown): Recomputed => ({ value, late });
  switch (compute.kind) {
    case 'count':
      return answer(counted.length);
    case 'sum':
      return answer(Number(`${values.reduce<bigint>((sum, value) => sum + scaled(value)!, 0n)}e-4`));
    case 'avg':
      return answer(
        values.length === 0
          ? null
          : Number(`${values.reduce<bigint>((sum, value) => sum + scaled(value)!, 0n)}e-4`) / values.length,
      );
    case 'min':
      return answer(numbers.length === 0 ? null : Math.min(...numbers));
    case 'max':
      return answer(numbers.length === 0 ? null : Math.max(...numbers));
    case 'first':
    case 'set-once':
      return answer(values[0] ?? null);
    case 'last':
    case 'set':
      return answer(values.at(-1) ?? null);
    case 'last-n':
      return answer(
        values
          .map((value, i) => (compute.withEvents === true ? [counted[i]!.id, value] : value))
          .toReversed()
          .slice(0, compute.n),
      );
    case 'distinct-count':
      return answer(new Set(values.map((value) => JSON.stringify(value))).size);
    case 'top-k': {
      const counts = new Map<string, number>();
      for (const value of values) counts.set(JSON.stringify(value), (counts.get(JSON.stringify(value)) ?? 0) + 1);
      const ranked = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, compute.k);
      return answer(ranked.map(([json, count]) => ({ value: JSON.parse(json) as unknown, count })));
    }
    case 'rate': {
      const unit = { second: 1_000, minute: 60_000, hour: HOUR, day: DAY }[compute.per];
      const passed = Math.min(toMs!, nowMs) - fromMs!;
      return answer(passed > 0 ? counted.length / (passed / unit) : null);
    }
    case 'ewma': {
      const half = durationMs(compute.halfLife);
      const weights = counted.map(({ timeMs }) => 2 ** ((timeMs - counted.at(-1)!.timeMs) / half));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return answer(counted.length === 0 ? null : numbers.reduce((sum, n, i) => sum + n * weights[i]!, 0) / total);
    }
    case 'time-since':
      return answer(counted.length === 0 ? null : Math.max(0, nowMs - counted.at(-1)!.timeMs));
    case 'geo-centroid':
    case 'ratio':
      throw new Error(`the plain way does not know ${compute.kind}`);
  }
}
