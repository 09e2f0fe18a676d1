import { CHECKS } from '@hermes/itinerary/catalogue';
import type { Check } from '@hermes/itinerary/check';
import type { FindingKind } from '@hermes/itinerary/finding';
import { impossibleTravel } from '@hermes/itinerary/impossible-travel';
import type { Observation } from '@hermes/itinerary/observation';
import { overlappingShowings } from '@hermes/itinerary/overlapping-showings';
import type { Fields } from '@hermes/itinerary/parameters';
import { sharedDevice } from '@hermes/itinerary/shared-device';
import { textTable } from '../../scenario/text-table.ts';
import type { Bench, BenchResult } from '../bench.ts';
import { generatedPositions } from './generated-positions.ts';
import { injectOverlaps } from './inject-overlaps.ts';
import { injectSharedDevices } from './inject-shared-devices.ts';
import { injectTeleports } from './inject-teleports.ts';
import { readPositions, type Tracks } from './positions.ts';
import {
  ABOVE_TWICE,
  type Alarm,
  BUCKETS,
  judge,
  type Judged,
  precisionOf,
  recallOf,
  score,
  type Score,
  strictPrecisionOf,
} from './score.ts';
import { readSettings } from './settings.ts';
import { varyPositions } from './vary-positions.ts';

const PRECISION_FLOOR = 0.95;
const RECALL_FLOOR = 0.98;
const POSITIONS_PER_ANOMALY = 400;
const LEAST_ANOMALIES = 100;

interface Kind {
  readonly kind: FindingKind;
  readonly judged: Judged;
}

interface Run {
  readonly alarms: readonly Alarm[];
  readonly perCpuSecond: number;
}

/** Runs a check, with its defaults, over each key's observations, and keeps what it found. */
function run<State, F extends Fields>(
  check: Check<State, F>,
  streams: ReadonlyMap<string, readonly Observation[]>,
): Run {
  const parameters = check.parameters.parse({});
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

interface Measured {
  readonly kinds: readonly Kind[];
  /** Positions per second of processor time that impossible travel looks at: by itself, and with its state as bytes. */
  readonly perCpuSecond: number;
  readonly overBytesPerCpuSecond: number;
}

function measure(tracks: Tracks, count: number, seed: number): Measured {
  const teleports = injectTeleports(tracks, count, impossibleTravel.parameters.parse({}), seed);
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

const ratio = (share: number): string => share.toFixed(4);
const bounds = ({ from, to }: Score): string =>
  to === Infinity ? `above ${String(from)}` : `${String(from)} to ${String(to)}`;

function printTable(kinds: readonly Kind[]): void {
  const rows = kinds.flatMap((kind) =>
    [...BUCKETS, ABOVE_TWICE].map((bucket) => {
      const one = score(kind.judged, bucket);
      return [
        kind.kind,
        bucket === ABOVE_TWICE ? 'all above 2' : bounds(one),
        one.labels,
        one.labels === 0 ? '' : ratio(recallOf(one)),
        one.alarms,
        one.right,
        one.explained,
        one.wrong,
        one.alarms === 0 ? '' : ratio(precisionOf(one)),
        one.alarms === 0 ? '' : ratio(strictPrecisionOf(one)),
      ];
    }),
  );
  const headings = ['kind', 'times the limit', 'put in', 'recall', 'alarms', 'right', 'train or plane', 'wrong'];
  console.log(textTable([...headings, 'precision', 'if none is believed'], rows));
}

async function openPositions(file: string | undefined, seed: number): Promise<Tracks> {
  if (file === undefined) {
    console.log('No --file and no shared file of positions: these positions are generated.');
    return generatedPositions(seed);
  }
  const { tracks, unreadRows } = await readPositions(file);
  if (unreadRows > 0) console.log(`${String(unreadRows)} rows of the file are no positions, and are left out.`);
  return tracks;
}

async function runItinerary(args: readonly string[]): Promise<BenchResult> {
  const { file, seed, count, variation } = readSettings(args);
  const tracks = varyPositions(await openPositions(file, seed), variation, seed);
  const positions = [...tracks.values()].reduce((sum, track) => sum + track.length, 0);
  const { kinds, perCpuSecond, overBytesPerCpuSecond } = measure(
    tracks,
    count ?? Math.max(LEAST_ANOMALIES, Math.round(positions / POSITIONS_PER_ANOMALY)),
    seed,
  );
  console.log(`${String(positions)} positions of ${String(tracks.size)} devices, seed ${String(seed)}`);
  printTable(kinds);
  const scores = kinds.map(({ kind, judged }) => ({ kind, above: score(judged, ABOVE_TWICE) }));
  const precision = Math.min(...scores.map(({ above }) => precisionOf(above)));
  const strictPrecision = Math.min(...scores.map(({ above }) => strictPrecisionOf(above)));
  const recall = Math.min(...scores.map(({ above }) => recallOf(above)));
  const isMeasured = scores.every(({ above }) => above.labels > 0);
  const isMet = precision >= PRECISION_FLOOR && recall >= RECALL_FLOOR;
  const verdict = isMeasured
    ? isMet
      ? 'met'
      : 'NOT met'
    : 'NOT measured, the file has no room for anomalies of each kind';
  console.log(
    `Above twice the limit, the worst kind: precision ${ratio(precision)} (floor ${String(PRECISION_FLOOR)}), ` +
      `recall ${ratio(recall)} (floor ${String(RECALL_FLOOR)}): ${verdict}.`,
  );
  console.log(
    `Impossible travel looks at ${String(Math.round(perCpuSecond))} positions per second of processor time, ` +
      `${String(Math.round(overBytesPerCpuSecond))} with its state as bytes.`,
  );
  return {
    bench: 'itinerary',
    seed,
    positions,
    devices: tracks.size,
    precisionAboveTwice: precision,
    precisionAboveTwiceBelievingNoTrain: strictPrecision,
    recallAboveTwice: recall,
    ...Object.fromEntries(
      scores.flatMap(({ kind, above }) => [
        [`${kind}.precision`, precisionOf(above)],
        [`${kind}.recall`, recallOf(above)],
        [`${kind}.putIn`, above.labels],
      ]),
    ),
    positionsPerCpuSecond: Math.round(perCpuSecond),
    positionsPerCpuSecondOverBytes: Math.round(overBytesPerCpuSecond),
    floorsMet: isMeasured ? (isMet ? 'yes' : 'no') : 'not measured',
  };
}

/** Anomalies put into real positions: how many are found, and how many alarms are of none. */
export const itinerary: Bench = {
  about: "precision and recall of the checks on a broker's day: --file positions.csv.gz --seed 1 (about 10 s)",
  run: runItinerary,
};
