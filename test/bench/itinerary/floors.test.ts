import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { generatedPositions } from './generated-positions.ts';
import { measure } from './measure.ts';
import { readPositions, type Tracks } from './positions.ts';
import { ABOVE_TWICE, precisionOf, recallOf, score } from './score.ts';
import { SHARED_FILE } from './settings.ts';
import { varyPositions } from './vary-positions.ts';

/** The floors of the bench, at every fourth position so that it takes no longer than a test may. */
function expectFloors(given: Tracks, seed: number): void {
  const unchanged = { noiseM: 0, keepEvery: 4, eastDegrees: 0, northDegrees: 0, devices: [] };
  for (const { kind, judged } of measure(varyPositions(given, unchanged, seed), { count: 100 }, seed).kinds) {
    const above = score(judged, ABOVE_TWICE);
    expect(above.labels, kind).toBeGreaterThan(20);
    expect(recallOf(above), kind).toBeGreaterThanOrEqual(0.98);
    expect(precisionOf(above), kind).toBeGreaterThanOrEqual(0.95);
  }
}

describe('above twice the limit nearly all is found, and nearly nothing else', () => {
  test.each([1, 2])('in positions that are generated from seed %i', (seed) =>
    expectFloors(generatedPositions(seed), seed),
  );

  test.skipIf(!existsSync(SHARED_FILE))('in real positions, where they are', async () =>
    expectFloors((await readPositions(SHARED_FILE)).tracks, 1),
  );
});
