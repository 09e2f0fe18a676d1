import { CHECKS } from '@hermes/itinerary/catalogue';
import type { Check } from '@hermes/itinerary/check';
import type { FindingKind } from '@hermes/itinerary/finding';
import { impossibleTravel } from '@hermes/itinerary/impossible-travel';
import type { Observation } from '@hermes/itinerary/observation';
import { overlappingShowings } from '@hermes/itinerary/overlapping-showings';
import type { Fields, ParametersOf } from '@hermes/itinerary/parameters';
import { sharedDevice } from '@hermes/itinerary/shared-device';
import { injectOverlaps } from './inject-overlaps.ts';
import { injectSharedDevices } from './inject-shared-devices.ts';
import { injectTeleports } from './inject-teleports.ts';
import type { Tracks } from './positions.ts';
import { type Alarm, judge, type Judged } from './score.ts';

const POSITIONS_PER_ANOMALY = 400;
const LEAST_ANOMALIES = 100;

/** How many anomalies of each kind a file gets where nobody says. */
export const usualCount = (positions: number): number =>
  Math.max(LEAST_ANOMALIES, Math.round(positions / POSITIONS_PER_ANOMALY));

/** What came of one check. */
export interface Kind {
  readonly kind: FindingKind;
  readonly judged: Judged;
}

interface Run {
  readonly alarms: readonly Alarm[];
  readonly perCpuSecond: number;
}

/** Runs a check over each key's observations, and keeps what it found. */
export function run<State, F extends Fields>(
  check: Check<State, F>,
  streams: ReadonlyMap<string, readonly Observation[]>,
  parameters: ParametersOf<F> = check.parameters.parse({}),
): Run {
  const alarms: Alarm[] = [];
  let observations = 0;
  const before = process.cpuUsage();
  for (const [key, stream] of streams) {
    let state = check.initial;
    for (const observation of stream) {
      const step = check.observe(state, observation, parameters);
      state = step.state;
      for (const finding of step.findings) alarms.push({ key, finding });
    }
    observations += stream.length;
  }
  const { user, system } = process.cpuUsage(before);
  return { alarms, perCpuSecond: observations / ((user + system) / 1e6) };
}

/** Positions per second of processor time when the state is bytes between them, as an engine keeps it. */
function measureOverBytes(streams: ReadonlyMap<string, readonly Observation[]>): number {
  const read = CHECKS['impossible-travel'].withParameters({});
  if (read.kind === 'rejected') throw new Error(JSON.stringify(read.problems));
  let observations = 0;
  const before = process.cpuUsage();
  for (const stream of streams.values()) {
    let bytes: Buffer | undefined;
    for (const observation of stream) bytes = read.check.observe(bytes, observation).bytes;
    observations += stream.length;
  }
  const { user, system } = process.cpuUsage(before);
  return observations / ((user + system) / 1e6);
}

export interface Measured {
  readonly kinds: readonly Kind[];
  /** Positions per second of processor time that impossible travel looks at: by itself, and with its state as bytes. */
  readonly perCpuSecond: number;
  readonly overBytesPerCpuSecond: number;
}

/** What is put in: how many anomalies of each kind, and teleports over which distance at least, absent: over the check's own least one. */
export interface ToPutIn {
  readonly count: number;
  readonly leastKm?: number | undefined;
  /** By how much the positions of one cell tower differ. */
  readonly towerSpreadM?: number | undefined;
}

/** Puts anomalies of each kind into the tracks, and runs the checks over them with their defaults. */
export function measure(tracks: Tracks, { count, leastKm, towerSpreadM }: ToPutIn, seed: number): Measured {
  const travelParameters = impossibleTravel.parameters.parse({});
  const range = { leastKm: leastKm ?? travelParameters.leastDistanceKm, towerSpreadM };
  const teleports = injectTeleports(tracks, count, travelParameters, range, seed);
  const shared = injectSharedDevices(tracks, count, sharedDevice.parameters.parse({}).withinMinutes, seed);
  const { leastOverlapMinutes } = overlappingShowings.parameters.parse({});
  const overlaps = injectOverlaps(tracks, count, leastOverlapMinutes, seed);
  const travel = run(impossibleTravel, teleports.fixes);
  return {
    kinds: [
      { kind: 'impossible-travel', judged: judge({ ...teleports, ...travel }) },
      { kind: 'shared-device', judged: judge({ ...shared, ...run(sharedDevice, shared.fixes) }) },
      { kind: 'overlapping-showings', judged: judge({ ...overlaps, ...run(overlappingShowings, overlaps.showings) }) },
    ],
    perCpuSecond: travel.perCpuSecond,
    overBytesPerCpuSecond: measureOverBytes(teleports.fixes),
  };
}
