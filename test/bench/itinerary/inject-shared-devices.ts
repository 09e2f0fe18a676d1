import type { Fix } from '@hermes/itinerary/observation';
import { drawsOf } from './draws.ts';
import { moveBy } from './move-by.ts';
import type { Tracks } from './positions.ts';
import type { Injected } from './inject-teleports.ts';
import type { Decoy, Label } from './score.ts';
import { SitePicker } from './sites.ts';

const FARTHEST_KM = 500;
const ACCURACY_M = [5, 200] as const;

/**
 * Puts other brokers' positions on devices, each time another broker, and as far from the owner's last and next use as the strength says: of
 * strength s, the limit divided by s. The file's later positions come that much later. As many stay beyond the limit and are no anomaly.
 */
export function injectSharedDevices(tracks: Tracks, count: number, withinMinutes: number, seed: number): Injected {
  const draws = drawsOf(seed, 4);
  const sites = new SitePicker(tracks, draws, Infinity).pick(count * 2);
  const byDevice = Map.groupBy(sites, ({ device }) => device);
  const fixes = new Map<string, readonly Fix[]>();
  const [labels, decoys]: [Label[], Decoy[]] = [[], []];
  let brokers = 0;
  for (const [device, track] of tracks) {
    const written: Fix[] = [];
    let laterMs = 0;
    const due = (byDevice.get(device) ?? []).toSorted((a, b) => a.after - b.after);
    for (const [number, position] of track.entries()) {
      const { longitude, latitude } = position;
      const own: Fix = {
        kind: 'fix',
        brokerId: device,
        deviceId: device,
        timeMs: position.timeMs + laterMs,
        position: { longitude, latitude },
      };
      written.push(own);
      const site = due[0];
      if (site?.after !== number) continue;
      due.shift();
      const isAnomaly = brokers++ % 2 === 0;
      const strength = isAnomaly ? draws.logUniform(1.2, 5) : draws.logUniform(0.2, 0.95);
      const apartMs = (withinMinutes * 60_000) / strength;
      const there = moveBy(position, draws.logUniform(0.01, FARTHEST_KM), draws.uniform(0, 2 * Math.PI));
      const accuracyM = draws.logUniform(...ACCURACY_M);
      const everyMs = Math.round(draws.logUniform(1, 60)) * 1_000;
      let timeMs = own.timeMs + apartMs;
      for (let i = 0; i < site.length; i++, timeMs += everyMs)
        written.push({ ...own, brokerId: `other-${String(brokers)}`, timeMs, position: there, accuracyM });
      const next = track[number + 1]!;
      const untilMs = timeMs - everyMs + apartMs;
      laterMs = Math.max(laterMs, untilMs - next.timeMs);
      const span: Decoy = { key: device, fromMs: own.timeMs, untilMs };
      if (isAnomaly) labels.push({ ...span, foundUntilMs: span.untilMs, strength });
      else decoys.push(span);
    }
    fixes.set(device, written);
  }
  return { fixes, labels, decoys };
}
