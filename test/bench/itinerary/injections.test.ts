import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { distanceKm } from '@hermes/itinerary/distance';
import { errorRadiusM } from '@hermes/itinerary/fix-error';
import { impossibleTravel } from '@hermes/itinerary/impossible-travel';
import { describe, expect, test } from 'vitest';
import { generatedPositions } from './generated-positions.ts';
import { injectOverlaps } from './inject-overlaps.ts';
import { injectSharedDevices } from './inject-shared-devices.ts';
import { injectTeleports } from './inject-teleports.ts';
import { run } from './measure.ts';
import { moveBy } from './move-by.ts';
import { readPositions } from './positions.ts';
import { judge, precisionOf, recallOf, score } from './score.ts';
import { readSettings } from './settings.ts';
import { varyPositions } from './vary-positions.ts';

const SEED = 7;
const devices = ['generated-1', 'generated-2', 'generated-3'];
const parameters = impossibleTravel.parameters.parse({});
const unchanged = { noiseM: 0, keepEvery: 4, eastDegrees: 0, northDegrees: 0, devices };
const tracks = varyPositions(generatedPositions(SEED), unchanged, SEED);

test('a teleport of strength s needs s times the limit between the near edges of both errors', () => {
  const { fixes, labels } = injectTeleports(tracks, 60, parameters, { leastKm: parameters.leastDistanceKm }, SEED);
  expect(labels.length).toBeGreaterThan(20);
  for (const { key, fromMs, untilMs, strength } of labels) {
    const track = fixes.get(key)!.toSorted((a, b) => a.timeMs - b.timeMs);
    const first = track.findIndex(({ timeMs }) => timeMs === fromMs);
    const [from, to] = [track[first - 1]!, track[first]!];
    const certainKm =
      distanceKm(from.position, to.position) -
      (errorRadiusM(from.accuracyM, parameters) + errorRadiusM(to.accuracyM, parameters)) / 1_000;
    const hours = (to.timeMs - from.timeMs + 1_000) / 3_600_000;
    expect(certainKm / hours / parameters.drivingKmh).toBeCloseTo(strength, 6);
    expect(strength).toBeGreaterThanOrEqual(1.2);
    expect(strength).toBeLessThanOrEqual(5);
    // The way back belongs to it.
    expect(track.some(({ timeMs, accuracyM }) => timeMs <= untilMs && timeMs > fromMs && accuracyM === undefined)).toBe(
      true,
    );
  }
});

test('teleports are as short as is asked for, also where the check does not look', () => {
  const shortestKm = (leastKm: number): number => {
    const { fixes, labels } = injectTeleports(tracks, 200, parameters, { leastKm }, SEED);
    const lengths = labels.map(({ key, fromMs }) => {
      const track = fixes.get(key)!.toSorted((a, b) => a.timeMs - b.timeMs);
      const first = track.findIndex(({ timeMs }) => timeMs === fromMs);
      return distanceKm(track[first - 1]!.position, track[first]!.position);
    });
    return Math.min(...lengths);
  };
  expect(shortestKm(0.4)).toBeLessThan(1);
  expect(shortestKm(parameters.leastDistanceKm)).toBeGreaterThanOrEqual(parameters.leastDistanceKm);
  expect(readSettings(['--least-km', '0.5']).leastKm).toBe(0.5);
});

test('positions fall back to a cell tower, the very same one three to six times, and the track goes on', () => {
  const { fixes, decoys } = injectTeleports(tracks, 200, parameters, { leastKm: 2 }, SEED);
  const repeats = decoys.map(({ key, fromMs, untilMs }) => {
    const within = fixes.get(key)!.filter(({ timeMs }) => timeMs >= fromMs && timeMs <= untilMs);
    return within.filter(({ position }) => distanceKm(position, within[0]!.position) === 0).length;
  });
  const towers = repeats.filter((times) => times >= 3);
  expect(towers.length).toBeGreaterThan(5);
  expect(Math.max(...towers)).toBeLessThanOrEqual(6);
});

test('a check that is blind to what was put in finds nothing, however fast the ways back are', () => {
  const teleports = injectTeleports(tracks, 60, parameters, { leastKm: parameters.leastDistanceKm }, SEED);
  // The strongest is five times the limit.
  const blind = run(impossibleTravel, teleports.fixes, { ...parameters, drivingKmh: 760 });
  const above = score(judge({ ...teleports, ...blind }), [2, Infinity]);
  expect(above.labels).toBeGreaterThan(20);
  expect(blind.alarms.length).toBeGreaterThan(20);
  expect(recallOf(above)).toBe(0);
});

test('a shared device is used by its owner and another as far apart in time as the strength says', () => {
  const { fixes, labels } = injectSharedDevices(tracks, 40, 30, SEED);
  expect(labels.length).toBeGreaterThan(20);
  for (const { key, fromMs, untilMs, strength } of labels) {
    const within = fixes.get(key)!.filter(({ timeMs }) => timeMs >= fromMs && timeMs <= untilMs);
    const other = within.find(({ brokerId }) => brokerId !== key)!;
    const apart = within
      .filter(({ brokerId }) => brokerId === key)
      .map(({ timeMs }) => Math.abs(timeMs - other.timeMs));
    expect((30 * 60_000) / Math.min(...apart)).toBeCloseTo(strength, 6);
  }
});

test('showings overlap by as many times the limit as the strength says', () => {
  const { showings, labels } = injectOverlaps(tracks, 40, 10, SEED);
  expect(labels.length).toBeGreaterThan(30);
  for (const { key, fromMs, untilMs, strength } of labels) {
    const pair = showings
      .get(key)!
      .filter(({ startedAtMs, endedAtMs }) => startedAtMs >= fromMs && endedAtMs <= untilMs);
    expect(pair).toHaveLength(2);
    const [begin, end] = [
      Math.max(...pair.map((one) => one.startedAtMs)),
      Math.min(...pair.map((one) => one.endedAtMs)),
    ];
    expect((end - begin) / 600_000).toBeCloseTo(strength, 6);
  }
});

test('the same seed injects the same, another one something else', () => {
  const labelsOf = (seed: number) => injectTeleports(tracks, 20, parameters, { leastKm: 2 }, seed).labels;
  expect(labelsOf(3)).toEqual(labelsOf(3));
  expect(labelsOf(3)).not.toEqual(labelsOf(4));
});

describe('the score', () => {
  const finding = (timeMs: number, strength: number, explainedBy?: string) =>
    ({
      key: 'd',
      finding: { timeMs, strength, labels: explainedBy === undefined ? {} : { explainedBy } },
    }) as unknown as Parameters<typeof judge>[0]['alarms'][number];
  const label = (fromMs: number, strength: number) => ({
    key: 'd',
    fromMs,
    foundUntilMs: fromMs + 5,
    untilMs: fromMs + 10,
    strength,
  });

  test.each([
    ['counts an anomaly once however often it is told of', [label(0, 3)], [finding(1, 3), finding(9, 9)], 1, 1],
    ['counts an anomaly that nobody tells of as missed', [label(0, 3), label(100, 3)], [finding(1, 3)], 0.5, 1],
    ['counts an alarm of the way back as right, and the anomaly as missed', [label(0, 3)], [finding(9, 9)], 0, 1],
    ['counts an alarm of nothing as wrong', [label(0, 3)], [finding(1, 3), finding(50, 3)], 1, 0.5],
    ['does not count one that fits a train', [label(0, 3)], [finding(1, 3), finding(50, 3, 'train')], 1, 1],
    ['counts one that fits a car', [label(0, 3)], [finding(1, 3), finding(50, 3, 'driving')], 1, 0.5],
  ])('%s', (_, labels, alarms, recall, precision) => {
    const above = score(judge({ labels, decoys: [], alarms }), [2, Infinity]);
    expect([recallOf(above), precisionOf(above)]).toEqual([recall, precision]);
  });

  test('counts an alarm at a decoy as wrong even where it fits a train', () => {
    const decoys = [{ key: 'd', fromMs: 40, untilMs: 60 }];
    const above = score(judge({ labels: [], decoys, alarms: [finding(50, 3, 'train')] }), [2, Infinity]);
    expect(precisionOf(above)).toBe(0);
  });
});

describe('a file of positions', () => {
  const withFile = async (
    name: string,
    bytes: Buffer | string,
    use: (file: string) => Promise<void>,
  ): Promise<void> => {
    const folder = mkdtempSync(join(tmpdir(), 'hermes-positions-'));
    try {
      writeFileSync(join(folder, name), bytes);
      await use(join(folder, name));
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const rows =
    'device_id,lat,lon,alt_ft,ts_utc\r\n1,39.9,116.3,12,2026-01-01 00:00:10\r\n1,39.8,116.3,12,2026-01-01 00:00:05\r\n';

  test('is read by its columns, each device in the order of times, gzipped or not', async () => {
    const expected = new Map([
      [
        '1',
        [
          { timeMs: Date.UTC(2026, 0, 1, 0, 0, 5), longitude: 116.3, latitude: 39.8 },
          { timeMs: Date.UTC(2026, 0, 1, 0, 0, 10), longitude: 116.3, latitude: 39.9 },
        ],
      ],
    ]);
    for (const [name, bytes] of [['a.csv', rows] as const, ['a.csv.gz', gzipSync(rows)] as const])
      await withFile(name, bytes, async (file) => expect((await readPositions(file)).tracks).toEqual(expected));
  });

  test('may state accuracies, which stay true when it is made rougher', () =>
    withFile(
      'a.csv',
      'device_id,lat,lon,ts_utc,accuracy_m\n1,39.9,116.3,2026-01-01 00:00:10,12\n1,39.9,116.3,2026-01-01 00:00:11,\n',
      async (file) => {
        const given = (await readPositions(file)).tracks;
        expect(given.get('1')!.map(({ accuracyM }) => accuracyM)).toEqual([12, undefined]);
        const rougher = varyPositions(given, { ...unchanged, keepEvery: 1, noiseM: 100, devices: [] }, SEED).get('1')!;
        expect(rougher.map(({ accuracyM }) => accuracyM)).toEqual([expect.closeTo(151.4, 0), undefined]);
      },
    ));

  test('may have rows that are no positions; they are counted', () =>
    withFile(
      'a.csv',
      `${rows}1,400,116.3,12,2026-01-01 00:00:11\n1,,116.3,12,2026-01-01 00:00:12\n1,39,116,1,soon\n`,
      async (file) => expect((await readPositions(file)).unreadRows).toBe(3),
    ));

  test('of other columns is refused with those that it lacks', () =>
    withFile('a.csv', 'id,lat,lon\n1,2,3\n', async (file) =>
      expect(readPositions(file)).rejects.toThrow('device_id, ts_utc'),
    ));
});

describe('a file made into another one', () => {
  test('is thinned, shifted and cut to some devices', () => {
    const varied = varyPositions(
      tracks,
      { ...unchanged, keepEvery: 10, northDegrees: -20, devices: ['generated-1'] },
      SEED,
    );
    const given = tracks.get('generated-1')!;
    expect([...varied.keys()]).toEqual(['generated-1']);
    expect(varied.get('generated-1')).toHaveLength(Math.ceil(given.length / 10));
    expect(varied.get('generated-1')![1]!.latitude).toBeCloseTo(given[10]!.latitude - 20, 9);
  });

  test('has noise of the deviation that was asked for', () => {
    const given = tracks.get('generated-1')!;
    const noisy = varyPositions(tracks, { ...unchanged, keepEvery: 1, noiseM: 100 }, SEED).get('generated-1')!;
    const squares = given.map((position, i) => (distanceKm(position, noisy[i]!) * 1_000) ** 2);
    const deviationM = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length / 2);
    expect(deviationM).toBeGreaterThan(95);
    expect(deviationM).toBeLessThan(105);
  });

  test('of a device that is not there is refused', () =>
    expect(() => varyPositions(tracks, { ...unchanged, devices: ['x'] }, SEED)).toThrow('no device "x"'));
});

test('a move of some kilometres ends that far away, in any direction', () => {
  for (const km of [0.01, 3, 400, 9_000])
    for (const bearing of [0, 1, 2, 3, 4, 5, 6]) {
      const from = { longitude: 116.3, latitude: 39.9 };
      expect(distanceKm(from, moveBy(from, km, bearing))).toBeCloseTo(km, 6);
    }
});
