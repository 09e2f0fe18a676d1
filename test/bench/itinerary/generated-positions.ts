import { drawsOf } from './draws.ts';
import { moveBy } from './move-by.ts';
import type { FilePosition, Tracks } from './positions.ts';

const DEVICES = 10;
const DAYS = 2;
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 2, 2, 1);
const WORK_MS = 9 * 3_600_000;
/** Receivers err by a few metres, and by hundreds when they wake. */
const NOISE_KM = 0.008;
const WAKING_KM = 0.6;

/** Brokers' days where no file is: stays, walks and drives through a city, with noise, gaps and receivers that wake wrong. */
export function generatedPositions(seed: number): Tracks {
  const draws = drawsOf(seed, 1);
  const tracks = new Map<string, readonly FilePosition[]>();
  for (let device = 0; device < DEVICES; device++) {
    const track: FilePosition[] = [];
    let at = moveBy({ longitude: 120.2, latitude: 30.25 }, draws.uniform(0, 15), draws.uniform(0, 2 * Math.PI));
    for (let day = 0; day < DAYS; day++) {
      const beginMs = START_MS + day * DAY_MS;
      let timeMs = beginMs;
      while (timeMs < beginMs + WORK_MS) {
        const speedKmh = [0, 4.5, draws.uniform(15, 80)][draws.index(3)]!;
        const untilMs = timeMs + draws.logUniform(2, 40) * 60_000;
        const everyMs = Math.round(draws.logUniform(1, 15)) * 1_000;
        const bearing = draws.uniform(0, 2 * Math.PI);
        let noiseKm = WAKING_KM;
        for (; timeMs < untilMs; timeMs += everyMs) {
          at = moveBy(at, (speedKmh * everyMs) / 3_600_000, bearing + draws.normal() / 4);
          const seen = moveBy(at, Math.abs(draws.normal()) * noiseKm, draws.uniform(0, 2 * Math.PI));
          track.push({ timeMs, ...seen });
          noiseKm = Math.max(NOISE_KM, noiseKm / 4);
        }
        timeMs += Math.round(draws.logUniform(5, 3_600)) * 1_000;
      }
    }
    tracks.set(`generated-${String(device)}`, track);
  }
  return tracks;
}
