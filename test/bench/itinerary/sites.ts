import { distanceKm } from '@hermes/itinerary/distance';
import type { Draws } from './draws.ts';
import type { FilePosition, Tracks } from './positions.ts';
import { trackAccuracyM } from './track-accuracy.ts';

/** Where in a track something is put in: after the position `after`, over the next `length` positions. */
export interface Site {
  readonly device: string;
  readonly after: number;
  readonly length: number;
}

/** Nothing is put in nearer to something else than this: what follows an alarm at once belongs to it. */
const APART_MS = 12 * 60_000;
const MARGIN = 4;
/** The place that a jump begins at was seen twice within this. */
const SEEN_TWICE_WITHIN_MS = 10 * 60_000;
const FAST_OVER_MS = 60_000;
const FAST_OVER_KM = 1;
/** Twice the accuracy at either end. */
const JITTERS = 4;
const TRIES_PER_SITE = 60;

/**
 * Positions at which the file itself moves faster than the limit, beyond what its positions jitter. Nothing is put in near to them: whose alarm one
 * there is, nobody could say.
 */
function fastPositions(track: readonly FilePosition[], limitKmh: number): readonly boolean[] {
  const jitterKm = (JITTERS * trackAccuracyM(track)) / 1_000;
  let from = 0;
  return track.map((position, i) => {
    while (from + 1 < i && position.timeMs - track[from + 1]!.timeMs >= FAST_OVER_MS) from += 1;
    return [from, i - 1].some((other) => {
      const before = track[other];
      if (before === undefined || other >= i) return false;
      const km = distanceKm(before, position);
      const hours = Math.max(1_000, position.timeMs - before.timeMs) / 3_600_000;
      return km >= FAST_OVER_KM && (km - jitterKm) / hours > limitKmh;
    });
  });
}

/** Chooses sites at random that keep apart from each other and from where the file is too fast itself. */
export class SitePicker {
  private readonly tracks: Tracks;
  private readonly draws: Draws;
  /** Devices as often as they have positions. */
  private readonly starts: readonly { readonly device: string; readonly from: number }[];
  private readonly total: number;
  private readonly taken: ReadonlyMap<string, boolean[]>;

  constructor(tracks: Tracks, draws: Draws, limitKmh: number) {
    this.tracks = tracks;
    this.draws = draws;
    let from = 0;
    this.starts = [...tracks].map(([device, track]) => {
      const start = { device, from };
      from += track.length;
      return start;
    });
    this.total = from;
    this.taken = new Map(
      [...tracks].map(([device, track]) => {
        const fast = fastPositions(track, limitKmh);
        const taken = track.map(() => false);
        fast.forEach((isFast, i) => {
          if (isFast) take(track, taken, i, i);
        });
        return [device, taken] as const;
      }),
    );
  }

  /** As many as fit, `count` at most; each over 3 to 60 positions, log-uniformly. */
  pick(count: number): readonly Site[] {
    const sites: Site[] = [];
    for (let tries = count * TRIES_PER_SITE; tries > 0 && sites.length < count; tries--) {
      const at = this.draws.index(this.total);
      const length = Math.round(this.draws.logUniform(3, 60));
      const start = this.starts.findLast(({ from }) => from <= at)!;
      const site: Site = { device: start.device, after: at - start.from, length };
      if (this.claim(site)) sites.push(site);
    }
    return sites;
  }

  private claim({ device, after, length }: Site): boolean {
    const track = this.tracks.get(device)!;
    const taken = this.taken.get(device)!;
    const last = after + length;
    if (after < MARGIN || last + MARGIN >= track.length) return false;
    if (track[after]!.timeMs - track[after - 1]!.timeMs > SEEN_TWICE_WITHIN_MS) return false;
    for (let i = after - MARGIN; i <= last + MARGIN; i++) if (taken[i] === true) return false;
    // The way back is part of it, and may come after a gap.
    take(track, taken, after, last + MARGIN);
    return true;
  }
}

/** Marks what is near to these positions in time. */
function take(track: readonly FilePosition[], taken: boolean[], first: number, last: number): void {
  const [fromMs, untilMs] = [track[first]!.timeMs - APART_MS, track[last]!.timeMs + APART_MS];
  for (let i = first; i >= 0 && track[i]!.timeMs >= fromMs; i--) taken[i] = true;
  for (let i = first; i < track.length && track[i]!.timeMs <= untilMs; i++) taken[i] = true;
}
