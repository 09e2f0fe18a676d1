import { z } from 'zod';
import { brokerKey, type Check, nothing } from './check.ts';
import { type Finding, lineShape, pointShape, spoken } from './finding.ts';
import { accuracyFields, errorRadiusM } from './fix-error.ts';
import type { Fix } from './observation.ts';
import { numberField, type ParametersOf, parametersSchema, text } from './parameters.ts';
import { accuracyOfJitterM, NO_NOISE, positionNoise, seeNoise } from './position-noise.ts';
import { type Place, positionOf } from './smallest-speed.ts';
import { stateCodec } from './state-codec.ts';
import { type Jump, NOWHERE, travelState, travelTo } from './travel-jumps.ts';
import { MODE_TITLES, modeFields, modesOutOfOrder, modeThatExplains, speedLimitKmh } from './travel-modes.ts';

const fields = {
  ...modeFields,
  leastDistanceKm: numberField(text('Only over at least this distance', '最小距离'), 'km', {
    // Receivers that have just woken say wrong positions of up to some 2 km, several in a row.
    default: 2,
    min: 0.1,
    max: 500,
  }),
  ...accuracyFields,
  confirmWithinMinutes: numberField(
    text('A jump is believed when the new place is seen again within', '新位置须在此时间内再次出现'),
    'minutes',
    { default: 10, min: 1, max: 1_440 },
  ),
  repeatAfterMinutes: numberField(text('Not again within', '此时间内不重复报告'), 'minutes', {
    default: 10,
    min: 0,
    max: 1_440,
  }),
} as const;

export type ImpossibleTravelParameters = ParametersOf<typeof fields>;

const state = z.strictObject({
  travel: travelState,
  /** Of the fixes that state no accuracy. */
  noise: positionNoise,
  /** Until then a jump is part of the one that was told. */
  quietUntilMs: z.number().nullable(),
});
type State = z.infer<typeof state>;

const MINUTE_MS = 60_000;

function findingOf(jump: Jump, fix: Fix, parameters: ImpossibleTravelParameters): Finding {
  const limitKmh = speedLimitKmh(parameters.fastestMode, parameters);
  const explainedBy = modeThatExplains(jump.speedKmh, parameters);
  const minutes = Math.abs(jump.to.timeMs - jump.from.timeMs) / 60_000;
  const [km, speed, limit] = [spoken(jump.distanceKm), spoken(jump.speedKmh, 0), spoken(limitKmh, 0)];
  const span = minutes < 1.5 ? [`${spoken(minutes * 60, 0)} s`, `${spoken(minutes * 60, 0)} 秒`] : [];
  const [spanEn = `${spoken(minutes)} min`, spanZh = `${spoken(minutes)} 分钟`] = span;
  const fits = explainedBy === undefined ? undefined : MODE_TITLES[explainedBy];
  return {
    kind: 'impossible-travel',
    timeMs: jump.to.timeMs,
    concerns: [brokerKey(fix)],
    reason: text(
      `${km} km in ${spanEn}: at least ${speed} km/h, and ${limit} is the most by ${MODE_TITLES[parameters.fastestMode].en}` +
        (fits === undefined ? '' : `; a ${fits.en} is as fast`),
      `${spanZh}内移动 ${km} 公里：速度至少 ${speed} 公里/小时，而${MODE_TITLES[parameters.fastestMode].zh}上限为 ${limit}` +
        (fits === undefined ? '' : `；${fits.zh}可达到此速度`),
    ),
    numbers: {
      distanceKm: jump.distanceKm,
      seconds: minutes * 60,
      speedKmh: jump.speedKmh,
      limitKmh,
      fromErrorM: jump.from.errorM,
      toErrorM: jump.to.errorM,
    },
    labels: { fastestMode: parameters.fastestMode, ...(explainedBy === undefined ? {} : { explainedBy }) },
    strength: jump.speedKmh / limitKmh,
    shapes: [
      pointShape(positionOf(jump.from), 'from'),
      pointShape(positionOf(jump.to), 'to'),
      lineShape([positionOf(jump.from), positionOf(jump.to)], 'jump'),
    ],
  };
}

/**
 * Positions that lie further apart than the time between them allows. A jump needs two fixes on either side: no fix alone makes one, be
 * it an error of the receiver or the first after a gap.
 */
export const impossibleTravel: Check<State, typeof fields> = {
  kind: 'impossible-travel',
  title: text('Impossible travel', '不可能的移动速度'),
  description: text(
    'Two positions are further apart than the fastest allowed way of travel covers in the time between them, with the accuracy of both allowed for.',
    '扣除定位误差后，两次定位之间的速度仍超过允许的最快出行方式。',
  ),
  fields,
  parameters: parametersSchema(fields, modesOutOfOrder),
  observes: ['fix'],
  keyOf: (observation) => (observation.kind === 'fix' ? brokerKey(observation) : undefined),
  initial: { travel: NOWHERE, noise: NO_NOISE, quietUntilMs: null },
  codec: stateCodec('impossible-travel', 2, state),
  observe(before, fix, parameters) {
    if (fix.kind !== 'fix') return nothing(before);
    const { longitude, latitude } = fix.position;
    const spot = { timeMs: fix.timeMs, longitude, latitude };
    const noise = fix.accuracyM === undefined ? seeNoise(before.noise, spot) : before.noise;
    const accuracyM = fix.accuracyM ?? Math.max(parameters.assumedAccuracyM, accuracyOfJitterM(noise.jitterM));
    const now: Place = { ...spot, errorM: errorRadiusM(accuracyM, parameters) };
    const { state: travel, jumps } = travelTo(before.travel, now, {
      speedKmh: speedLimitKmh(parameters.fastestMode, parameters),
      leastDistanceKm: parameters.leastDistanceKm,
      confirmWithinMs: parameters.confirmWithinMinutes * MINUTE_MS,
    });
    let { quietUntilMs } = before;
    const findings: Finding[] = [];
    for (const jump of jumps) {
      const { timeMs } = jump.to;
      if (quietUntilMs === null || timeMs >= quietUntilMs) findings.push(findingOf(jump, fix, parameters));
      quietUntilMs = Math.max(quietUntilMs ?? -Infinity, timeMs + parameters.repeatAfterMinutes * MINUTE_MS);
    }
    return { state: { travel, noise, quietUntilMs }, findings };
  },
};
