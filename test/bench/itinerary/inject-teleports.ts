import type { Position } from '@hermes/itinerary/coordinates';
import { distanceKm } from '@hermes/itinerary/distance';
import { errorRadiusM } from '@hermes/itinerary/fix-error';
import type { ImpossibleTravelParameters } from '@hermes/itinerary/impossible-travel';
import type { Fix } from '@hermes/itinerary/observation';
import { distanceMThatNeeds } from '@hermes/itinerary/smallest-speed';
import { speedLimitKmh } from '@hermes/itinerary/travel-modes';
import { type Draws, drawsOf } from './draws.ts';
import { moveBy } from './move-by.ts';
import type { FilePosition, Tracks } from './positions.ts';
import type { Decoy, Label } from './score.ts';
import { type Site, SitePicker } from './sites.ts';
import { trackAccuracyM } from './track-accuracy.ts';

/** What is put in. Only a teleport is an anomaly. */
type Injection =
  | { readonly kind: 'teleport' | 'fast-but-possible'; readonly strength: number }
  /** One position far away, then the track goes on. */
  | { readonly kind: 'outlier' }
  /** A second position within one second. */
  | { readonly kind: 'same-second' }
  /** Some positions in a row are those of a cell tower, then the track goes on where it was. */
  | { readonly kind: 'cell-tower' }
  /** A long gap, and the first position after it is wrong. */
  | { readonly kind: 'waking' };

export interface Injected {
  /** In the order of arrival, by device. */
  readonly fixes: ReadonlyMap<string, readonly Fix[]>;
  readonly labels: readonly Label[];
  readonly decoys: readonly Decoy[];
}

export interface TeleportRange {
  /** The shortest distance that is drawn; single wrong positions are 1.2 times that away at least. */
  readonly leastKm: number;
  /** By how much the positions of one cell tower differ; absent: not at all. */
  readonly towerSpreadM?: number | undefined;
}

const FARTHEST_KM = 500;
const ACCURACY_M = [5, 200] as const;
const TOWER_KM = [2.5, 6] as const;
const TOWER_POSITIONS = [3, 6] as const;
/** Of all positions, this share arrives after the next one, where that is no further away in time. */
const LATE_SHARE = 0.01;
const LATE_UP_TO_MS = 60_000;
const DECOYS: readonly ((draws: Draws) => Injection)[] = [
  (draws) => ({ kind: 'fast-but-possible', strength: draws.logUniform(0.2, 0.95) }),
  () => ({ kind: 'outlier' }),
  () => ({ kind: 'same-second' }),
  () => ({ kind: 'waking' }),
  () => ({ kind: 'cell-tower' }),
];

const injectionAt = (number: number, draws: Draws): Injection =>
  number % 2 === 0
    ? { kind: 'teleport', strength: draws.logUniform(1.2, 5) }
    : DECOYS[(number >> 1) % DECOYS.length]!(draws);

/**
 * Puts teleports into tracks: a device is suddenly elsewhere, stays there for some positions, and is back. A teleport of strength s needs s times
 * the limit even with both positions at the near edges of their errors, the file's own by how much its positions jitter. Distance, accuracy and strength are drawn
 * log-uniformly, and time follows from them; the file's later positions come that much later. A distance within both errors comes to their sum. Beside them
 * what looks like teleports and is none.
 */
export function injectTeleports(
  tracks: Tracks,
  count: number,
  parameters: ImpossibleTravelParameters,
  { leastKm, towerSpreadM = 0 }: TeleportRange,
  seed: number,
): Injected {
  const draws = drawsOf(seed, 3);
  const limitKmh = speedLimitKmh(parameters.fastestMode, parameters);
  const picker = new SitePicker(tracks, draws, limitKmh);
  // In turns, so that a small file has of everything.
  const planned = picker.pick(count * 2).map((site, number) => ({ site, injection: injectionAt(number, draws) }));
  const plannedOf = Map.groupBy(planned, ({ site }) => site.device);
  const fixes = new Map<string, readonly Fix[]>();
  const [labels, decoys]: [Label[], Decoy[]] = [[], []];
  for (const [device, track] of tracks) {
    const writer = new TrackWriter(device, track, draws, { parameters, leastKm, towerSpreadM });
    for (const { site, injection } of (plannedOf.get(device) ?? []).toSorted((a, b) => a.site.after - b.site.after)) {
      writer.copyThrough(site.after);
      const { foundUntilMs, ...span } = writer.inject(site, injection);
      if (injection.kind === 'teleport') labels.push({ ...span, foundUntilMs, strength: injection.strength });
      else decoys.push(span);
    }
    writer.copyThrough(track.length - 1);
    fixes.set(device, withLateOnes(writer.written, draws));
  }
  return { fixes, labels, decoys };
}

/** Where something was put in: until its last position there, and with the way back. */
type Written = Decoy & Pick<Label, 'foundUntilMs'>;

/** Copies a track, later and elsewhere where something is put in. */
class TrackWriter {
  readonly written: Fix[] = [];
  private next = 0;
  /** By how much the file's positions come later. */
  private laterMs = 0;
  private readonly device: string;
  private readonly track: readonly FilePosition[];
  private readonly draws: Draws;
  private readonly parameters: ImpossibleTravelParameters;
  private readonly leastKm: number;
  private readonly towerSpreadM: number;
  private readonly accuracyM: number;

  constructor(
    device: string,
    track: readonly FilePosition[],
    draws: Draws,
    { parameters, leastKm, towerSpreadM }: TeleportRange & { readonly parameters: ImpossibleTravelParameters },
  ) {
    this.device = device;
    this.track = track;
    this.draws = draws;
    this.parameters = parameters;
    this.leastKm = leastKm;
    this.towerSpreadM = towerSpreadM ?? 0;
    this.accuracyM = trackAccuracyM(track);
  }

  copyThrough(last: number): void {
    for (; this.next <= last; this.next++) this.write(this.track[this.next]!);
  }

  inject(site: Site, injection: Injection): Written {
    const from = this.track[site.after]!;
    switch (injection.kind) {
      case 'teleport':
      case 'fast-but-possible':
        return this.stayElsewhere(site, injection.strength, injection.kind === 'fast-but-possible');
      case 'outlier':
        return this.span(() => {
          this.write(this.track[this.next++]!, { at: this.farFrom(from, FARTHEST_KM) });
        });
      case 'same-second':
        return this.span(() => this.write(from, { at: this.farFrom(from, FARTHEST_KM) }));
      case 'waking':
        this.laterMs += Math.round(this.draws.logUniform(1_800, 30_000)) * 1_000;
        return this.span(() => {
          this.write(this.track[this.next++]!, { at: this.farFrom(from, 10) });
        });
      case 'cell-tower':
        return this.fallBackToTower(site);
    }
  }

  private stayElsewhere(site: Site, strength: number, isBackAsSlowly: boolean): Written {
    const { draws, parameters } = this;
    const speedKmh = strength * speedLimitKmh(parameters.fastestMode, parameters);
    const from = this.track[site.after]!;
    // What is drawn comes to what the file's positions jitter anyhow: an accuracy that is stated has to be true.
    const accuracyM = Math.hypot(draws.logUniform(...ACCURACY_M), this.accuracyM);
    const fromAccuracyM = from.accuracyM ?? Math.max(parameters.assumedAccuracyM, this.accuracyM);
    const errors = { from: errorRadiusM(fromAccuracyM, parameters), to: errorRadiusM(accuracyM, parameters) };
    const drawnKm = draws.logUniform(this.leastKm, FARTHEST_KM);
    const certainKm = Math.max(0, drawnKm - (errors.from + errors.to) / 1_000);
    // Whole seconds, as in files; the distance is then made exact.
    const timeMs = Math.max(2, Math.ceil((certainKm / speedKmh) * 3_600)) * 1_000;
    const km = distanceMThatNeeds(speedKmh, { timeMs: 0, errorM: errors.from }, { timeMs, errorM: errors.to }) / 1_000;
    const first = this.track[site.after + 1]!;
    const there = moveBy(from, km, draws.uniform(0, 2 * Math.PI));
    this.laterMs += from.timeMs + timeMs - first.timeMs;
    const last = site.after + site.length;
    return this.span(() => {
      for (; this.next <= last; this.next++) {
        const position = this.track[this.next]!;
        this.write(position, { at: besides(there, first, position), accuracyM });
      }
      // What is possible there has to be possible back again.
      if (isBackAsSlowly) this.laterMs += timeMs + Math.round((FARTHEST_KM / speedKmh) * 3_600_000);
    });
  }

  private fallBackToTower(site: Site): Written {
    const { draws } = this;
    const tower = moveBy(this.track[site.after]!, draws.uniform(...TOWER_KM), draws.uniform(0, 2 * Math.PI));
    const [fewest, most] = TOWER_POSITIONS;
    const last = site.after + Math.min(site.length, fewest + draws.index(most - fewest + 1));
    return this.span(() => {
      while (this.next <= last) {
        const spreadKm = (Math.abs(draws.normal()) * this.towerSpreadM) / 1_000;
        const at = spreadKm === 0 ? tower : moveBy(tower, spreadKm, draws.uniform(0, 2 * Math.PI));
        this.write(this.track[this.next++]!, { at });
      }
    });
  }

  private farFrom(at: Position, farthestKm: number): Position {
    const km = this.draws.logUniform(this.leastKm * 1.2, farthestKm);
    return moveBy(at, km, this.draws.uniform(0, 2 * Math.PI));
  }

  /** What is written now, and the way back: three of the file's positions after it. */
  private span(write: () => void): Written {
    const begin = this.written.length;
    write();
    const fromMs = this.written[begin]!.timeMs;
    const foundUntilMs = this.written.at(-1)!.timeMs;
    this.copyThrough(Math.min(this.next + 2, this.track.length - 1));
    return { key: this.device, fromMs, foundUntilMs, untilMs: this.written.at(-1)!.timeMs };
  }

  private write(position: FilePosition, injected?: { readonly at: Position; readonly accuracyM?: number }): void {
    const { longitude, latitude } = injected?.at ?? position;
    const accuracyM = injected?.accuracyM ?? position.accuracyM;
    this.written.push({
      kind: 'fix',
      brokerId: this.device,
      deviceId: this.device,
      timeMs: position.timeMs + this.laterMs,
      position: { longitude, latitude },
      ...(accuracyM === undefined ? {} : { accuracyM }),
    });
  }
}

/** The same way from `there` as `position` is from `first`. */
function besides(there: Position, first: Position, position: Position): Position {
  const km = distanceKm(first, position);
  const east = (position.longitude - first.longitude) * Math.cos((first.latitude * Math.PI) / 180);
  return moveBy(there, km, Math.atan2(east, position.latitude - first.latitude));
}

function withLateOnes(fixes: readonly Fix[], draws: Draws): readonly Fix[] {
  const arrivals = [...fixes];
  for (let i = 0; i + 1 < arrivals.length; i++) {
    const [now, next] = [arrivals[i]!, arrivals[i + 1]!];
    if (draws.uniform(0, 1) >= LATE_SHARE || next.timeMs - now.timeMs > LATE_UP_TO_MS) continue;
    [arrivals[i], arrivals[i + 1]] = [next, now];
    i += 1;
  }
  return arrivals;
}
