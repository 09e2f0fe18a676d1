import type { Showing } from '@hermes/itinerary/observation';
import { type Draws, drawsOf } from './draws.ts';
import type { FilePosition, Tracks } from './positions.ts';
import type { Decoy, Label } from './score.ts';

const EVERY_MS = 6 * 3_600_000;
const MINUTE_MS = 60_000;

export interface InjectedShowings {
  /** In the order of arrival, by broker. */
  readonly showings: ReadonlyMap<string, readonly Showing[]>;
  readonly labels: readonly Label[];
  readonly decoys: readonly Decoy[];
}

/**
 * Showings at places of the file, two by two: overlapping by strength times the limit; by less than the limit; not at all; or by more than it with two
 * customers at one listing. Only the first is an anomaly. A third of the pairs arrives with the second showing first.
 */
export function injectOverlaps(
  tracks: Tracks,
  count: number,
  leastOverlapMinutes: number,
  seed: number,
): InjectedShowings {
  const draws = drawsOf(seed, 5);
  const devices = [...tracks.keys()];
  const showings = new Map<string, Showing[]>(devices.map((device) => [device, []]));
  const [labels, decoys]: [Label[], Decoy[]] = [[], []];
  const limitMs = leastOverlapMinutes * MINUTE_MS;
  for (let number = 0; number < count * 2; number++) {
    const device = devices[number % devices.length]!;
    const track = tracks.get(device)!;
    const startMs = track[0]!.timeMs + Math.floor(number / devices.length) * EVERY_MS;
    const isAnomaly = Math.floor(number / devices.length) % 2 === 0;
    const isOneListing = !isAnomaly && draws.index(3) === 0;
    const strength = isAnomaly || isOneListing ? draws.logUniform(1.2, 5) : draws.uniform(-1, 0.95);
    const overlapMs = strength * limitMs;
    const lengthMs = Math.max(overlapMs, MINUTE_MS) * draws.logUniform(1.05, 3);
    const first = showingAt(draws, track, device, `${String(number)}-a`, startMs, startMs + lengthMs);
    const beginMs = first.endedAtMs - overlapMs;
    const endMs = beginMs + Math.max(overlapMs, MINUTE_MS) * draws.logUniform(1.05, 3);
    const second = {
      ...showingAt(draws, track, device, `${String(number)}-b`, beginMs, endMs),
      ...(isOneListing ? { listingId: first.listingId } : {}),
    };
    showings.get(device)!.push(...(draws.index(3) === 0 ? [second, first] : [first, second]));
    const span: Decoy = { key: device, fromMs: startMs, untilMs: Math.max(first.endedAtMs, second.endedAtMs) };
    if (isAnomaly) labels.push({ ...span, foundUntilMs: span.untilMs, strength });
    else decoys.push(span);
  }
  return { showings, labels, decoys };
}

function showingAt(
  draws: Draws,
  track: readonly FilePosition[],
  brokerId: string,
  id: string,
  startedAtMs: number,
  endedAtMs: number,
): Showing {
  const { longitude, latitude } = track[draws.index(track.length)]!;
  return {
    kind: 'showing',
    brokerId,
    showingId: `s-${id}`,
    listingId: `l-${id}`,
    customerId: `c-${id}`,
    timeMs: endedAtMs,
    startedAtMs,
    endedAtMs,
    listingPosition: { longitude, latitude },
  };
}
