import { textTable } from '../../scenario/text-table.ts';
import type { Bench, BenchResult } from '../bench.ts';
import { generatedPositions } from './generated-positions.ts';
import { type Kind, measure, usualCount } from './measure.ts';
import { readPositions, type Tracks } from './positions.ts';
import { ABOVE_TWICE, BUCKETS, precisionOf, recallOf, score, type Score, strictPrecisionOf } from './score.ts';
import { readSettings } from './settings.ts';
import { varyPositions } from './vary-positions.ts';

const PRECISION_FLOOR = 0.95;
const RECALL_FLOOR = 0.98;

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
  const { file, seed, count, leastKm, towerSpreadM, variation } = readSettings(args);
  const tracks = varyPositions(await openPositions(file, seed), variation, seed);
  const positions = [...tracks.values()].reduce((sum, track) => sum + track.length, 0);
  const { kinds, perCpuSecond, overBytesPerCpuSecond } = measure(
    tracks,
    { count: count ?? usualCount(positions), leastKm, towerSpreadM },
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
