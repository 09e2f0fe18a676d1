import { durationMs, type FeatureCompute, type FeatureWindow } from '@hermes/contracts/feature';
import type { Seen } from './aggregate.ts';
import type { CompiledFeature } from './compile-feature.ts';
import { tileMsOf } from './window.ts';
import { SubjectState } from './subject-state.ts';

const DAY_MS = 86_400_000;
const PERIOD_DAYS = { day: 1, week: 7, month: 31, quarter: 92, year: 366 } as const;

/** So many events are counted; of more, so many as come within a part of the window. */
const MOST_COUNTED = 2_000;
/** An instant in the middle of an hour, so that no tile begins with the first event. */
const FROM_MS = Date.UTC(2026, 0, 1, 0, 30);
/** A period of the calendar is at least so much of what `PERIOD_DAYS` says: events in it do not run into the next one, with which it would be forgotten. */
const SHORTEST_PERIOD = 0.9;

/** How long the events of a window are kept; undefined: for ever, in one tile. */
export function windowMsOf(window: FeatureWindow): number | undefined {
  switch (window.kind) {
    case 'all-time':
      return undefined;
    case 'sliding':
      return durationMs(window.length);
    case 'calendar':
      return PERIOD_DAYS[window.period] * (window.back + 1) * DAY_MS;
  }
}

/** Something of the kind that the feature looks at, another with each event: what it keeps of values is as large as it gets. */
function valueOf({ kind }: FeatureCompute, n: number): unknown {
  switch (kind) {
    case 'sum':
    case 'avg':
    case 'min':
    case 'max':
    case 'ewma':
      return 1_000_000.25 + n;
    case 'geo-centroid':
      return { longitude: 116.4 + n / 1e6, latitude: 39.9 };
    default:
      return `value-${String(n).padStart(8, '0')}`;
  }
}

/**
 * About how many bytes the state of one key takes when so many events count in it within the feature's window: events at even distances are counted and
 * written down, as a processor does.
 *
 * @param events - of one key within the window; at least one
 */
export function estimateStateBytes(feature: CompiledFeature, events: number): number {
  const all = Math.max(1, Math.round(events));
  const counted = Math.min(MOST_COUNTED, all);
  const { window, compute } = feature.feature;
  const windowMs = windowMsOf(window) ?? DAY_MS;
  const stepMs = window.kind === 'sliding' ? windowMs / (all + 1) : (windowMs * SHORTEST_PERIOD) / (counted + 1);
  const fromMs = window.kind === 'calendar' ? (feature.tiling.contextAt(FROM_MS).fromMs ?? FROM_MS) : FROM_MS;
  const state = new SubjectState();
  for (let n = 0; n < counted; n++) {
    const timeMs = Math.floor(fromMs + n * stepMs);
    const seen: Seen = { timeMs, receivedAtMs: timeMs, id: `e-${n}`, value: valueOf(compute, n) };
    state.count(feature, seen);
  }
  const bytes = state.encode().length;
  if (counted === all || window.kind !== 'sliding') return bytes;
  const tileMs = tileMsOf(durationMs(window.length));
  const tiles = Math.min(all, durationMs(window.length) / tileMs);
  return Math.round((bytes * tiles) / Math.max(1, (counted * stepMs) / tileMs));
}
