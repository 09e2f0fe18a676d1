import type { BacktestNote } from '@hermes/contracts/rule-backtest';
import type { CompiledFeature } from '@hermes/profiles/features/compile-feature';
import type { Sides } from './sides.ts';

const DAY_MS = 86_400_000;
/** An event may have been received a little before its own time, where a clock is wrong. */
const MARGIN_MS = DAY_MS;

/** From which receipt on history is read so that everything is as it was at `fromMs`; -Infinity: all that is kept. */
export function readFromMs(sides: Sides, fromMs: number): number {
  const { memoryMs } = sides;
  // What a rule remembers at `fromMs` it decided before, by the features of then.
  const decidesFromMs = fromMs - memoryMs;
  const begins = countedFor(sides).map((feature) => featureFromMs(feature, decidesFromMs));
  return Math.min(decidesFromMs, ...begins);
}

/** Features of the rules, and those that say what was known of persons. */
const countedFor = ({ deciding, persons }: Sides): readonly CompiledFeature[] => [
  ...deciding.features.bySlot.values(),
  ...(persons?.bySlot.values() ?? []),
];

/** The earliest receipt that the feature's value at an instant may come from. */
function featureFromMs({ tiling, ttlMs }: CompiledFeature, atMs: number): number {
  const { fromMs } = tiling.contextAt(atMs);
  if (fromMs === null) return Number.NEGATIVE_INFINITY;
  return fromMs - (ttlMs ?? 0) - MARGIN_MS;
}

/** What of the span and of what comes before has expired, and what else cannot be as it was. `keptSinceMs`: of history. */
export function expiryNotes(
  sides: Sides,
  span: { readonly fromMs: number; readonly toMs: number },
  keptSinceMs: number,
): readonly BacktestNote[] {
  const { memoryMs, candidate, live, lookups, persons } = sides;
  const since = new Date(keptSinceMs).toISOString();
  const notes: BacktestNote[] = [];
  if (span.fromMs < keptSinceMs) notes.push({ code: 'history-begins', since });
  for (const feature of countedFor(sides)) {
    if (featureFromMs(feature, span.fromMs) >= keptSinceMs - MARGIN_MS) continue;
    const wholeFromMs = wholeFrom(feature, span, keptSinceMs);
    const wholeAt = wholeFromMs === undefined ? null : new Date(wholeFromMs).toISOString();
    notes.push({ code: 'feature-not-whole', feature: feature.feature.id, wholeFrom: wholeAt });
  }
  if (memoryMs > 0 && span.fromMs - memoryMs < keptSinceMs) notes.push({ code: 'memory-begins-anew', since });
  if (live !== undefined && Date.parse(live.publishedAt) > span.fromMs)
    notes.push({ code: 'live-is-younger', since: new Date(live.publishedAt).toISOString() });
  if ([candidate, live].some((rule) => rule?.suppression !== undefined))
    notes.push({ code: 'suppression-may-be-out-of-step' });
  if (lookups.length > 0) notes.push({ code: 'lookups-fall-back', lookups: [...lookups] });
  if (persons !== undefined) notes.push({ code: 'persons-recomputed' });
  return notes;
}

/** The first instant of the span, to the hour, at which all that the feature counts is kept; undefined: none. */
function wholeFrom(
  feature: CompiledFeature,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  keptSinceMs: number,
): number | undefined {
  const isWhole = (atMs: number): boolean => (feature.tiling.contextAt(atMs).fromMs ?? -Infinity) >= keptSinceMs;
  if (!isWhole(toMs)) return undefined;
  let [low, high] = [fromMs, toMs];
  while (high - low > 3_600_000) {
    const middle = (low + high) / 2;
    if (isWhole(middle)) high = middle;
    else low = middle;
  }
  return Math.ceil(high);
}
