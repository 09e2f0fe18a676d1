import { z } from 'zod';
import { brokerKey, type Check, nothing, type Step } from './check.ts';
import { type Finding, lineShape, pointShape, spoken } from './finding.ts';
import { accuracyFields, errorRadiusM } from './fix-error.ts';
import type { Fix } from './observation.ts';
import { accuracyOfJitterM, NO_NOISE, positionNoise, seeNoise } from './position-noise.ts';
import { numberField, type ParametersOf, parametersSchema, text } from './parameters.ts';
import { distanceKm } from './distance.ts';
import { type Move, moveBetween, type Place, positionOf } from './smallest-speed.ts';
import { stateCodec } from './state-codec.ts';
import { areClose, calmKmh, extendTrack, isSoonAfter, isUsualMove, nextUsualMs, trackPlace } from './travel-track.ts';
import { MODE_TITLES, modeFields, modeThatExplains, speedLimitKmh } from './travel-modes.ts';

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
  /** Places that agree with each other, oldest first. */
  track: z.array(trackPlace).readonly(),
  /** A place that the track cannot reach; one fix alone may be an error of the receiver. */
  pending: trackPlace.nullable(),
  /** How many fixes in a row, `pending` the last of them, can be reached neither from the track nor from each other. */
  astray: z.number(),
  /** The track went on after `pending` had been seen. */
  isPassed: z.boolean(),
  /** About the median of the times between fixes; 0 before the second one. */
  usualMs: z.number(),
  /** Of the fixes that state no accuracy. */
  noise: positionNoise,
  /** Until then a jump is part of the one that was told. */
  quietUntilMs: z.number().nullable(),
});
type State = z.infer<typeof state>;

/** An error of the receiver lies anywhere; where the device then is, is seldom this much nearer to it than to where the device was. */
const NEARER_SHARE = 0.5;

/** So many fixes in a row that none before them explains are no errors any more: the device moves too fast all the time. */
const ASTRAY_FIXES = 3;

interface Jump extends Move {
  readonly from: Place;
  readonly to: Place;
}

/** The move from the track to a place that most exceeds the limit; undefined when none does. */
function worstJump(track: readonly Place[], to: Place, parameters: ImpossibleTravelParameters): Jump | undefined {
  const limitKmh = speedLimitKmh(parameters.fastestMode, parameters);
  let worst: Jump | undefined;
  for (const from of track) {
    const move = moveBetween(from, to);
    if (move.distanceKm < parameters.leastDistanceKm || move.speedKmh <= limitKmh) continue;
    if (worst === undefined || move.speedKmh > worst.speedKmh) worst = { ...move, from, to };
  }
  return worst;
}

/**
 * Whether where the jump began is sure: a fix of another second stands by it. A receiver that wakes up after a gap says a wrong place once, and what
 * looks like a jump from there is its way back.
 */
function isSettled(jump: Jump, { track, usualMs }: State, parameters: ImpossibleTravelParameters): boolean {
  const others = track.filter(({ timeMs }) => timeMs !== jump.from.timeMs);
  const limitKmh = speedLimitKmh(parameters.fastestMode, parameters);
  const pace = { usualMs, calmKmh: calmKmh(others, limitKmh) };
  return others.some(
    (other) =>
      moveBetween(other, jump.to).speedKmh > limitKmh ||
      isUsualMove(other, jump.from, pace) ||
      (isSoonAfter(other, jump.from) && areClose(other, jump.from, jump.distanceKm)),
  );
}

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

/** The new place was seen twice: it is where the broker is, and how it was reached is judged. */
function confirm(
  before: State,
  pending: Place,
  fix: Fix,
  now: Place,
  parameters: ImpossibleTravelParameters,
): Step<State> {
  const jump = worstJump(before.track, pending, parameters);
  const { quietUntilMs } = before;
  const arrived = { ...before, pending: null, astray: 0, isPassed: false };
  if (jump === undefined) return nothing({ ...arrived, track: extendTrack(extendTrack(before.track, pending), now) });
  if (!isSettled(jump, before, parameters)) {
    const rest = before.track.filter((other) => other !== jump.from);
    // Without the doubtful place the rest may reach the new one, or be as doubtful.
    const again: State = { ...before, track: rest };
    return confirm(again, pending, fix, now, parameters);
  }
  const isQuiet = quietUntilMs !== null && jump.to.timeMs < quietUntilMs;
  return {
    state: {
      ...arrived,
      track: extendTrack([pending], now),
      quietUntilMs: Math.max(quietUntilMs ?? -Infinity, jump.to.timeMs + parameters.repeatAfterMinutes * 60_000),
    },
    findings: isQuiet ? [] : [findingOf(jump, fix, parameters)],
  };
}

/**
 * A fix that is slow to come after a jump can be reached from the place before it too. Then it is the jump's place that is seen again when
 * the fix is close to that one, or goes on from it calmly, and not from the other.
 */
function isSeenAgain(before: State, pending: Place, now: Place, parameters: ImpossibleTravelParameters): boolean {
  const latest = before.track.at(-1);
  if (before.isPassed || latest === undefined) return false;
  const apartKm = distanceKm(latest, pending);
  if (areClose(latest, now, apartKm)) return false;
  if (areClose(pending, now, apartKm)) return true;
  const limitKmh = speedLimitKmh(parameters.fastestMode, parameters);
  const pace = { usualMs: before.usualMs, calmKmh: calmKmh(before.track, limitKmh) };
  if (!isUsualMove(pending, now, pace)) return false;
  return !isUsualMove(latest, now, pace) || distanceKm(pending, now) <= NEARER_SHARE * distanceKm(latest, now);
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
  parameters: parametersSchema(fields),
  observes: ['fix'],
  keyOf: (observation) => (observation.kind === 'fix' ? brokerKey(observation) : undefined),
  initial: { track: [], pending: null, astray: 0, isPassed: false, usualMs: 0, noise: NO_NOISE, quietUntilMs: null },
  codec: stateCodec('impossible-travel', 1, state),
  observe(earlier, fix, parameters) {
    if (fix.kind !== 'fix') return nothing(earlier);
    const { longitude, latitude } = fix.position;
    const spot = { timeMs: fix.timeMs, longitude, latitude };
    const noise = fix.accuracyM === undefined ? seeNoise(earlier.noise, spot) : earlier.noise;
    const accuracyM = fix.accuracyM ?? Math.max(parameters.assumedAccuracyM, accuracyOfJitterM(noise.jitterM));
    const now: Place = { ...spot, errorM: errorRadiusM(accuracyM, parameters) };
    const { track, pending } = earlier;
    const before: State = {
      ...earlier,
      noise,
      usualMs: nextUsualMs(earlier.usualMs, pending === null || earlier.isPassed ? track.at(-1) : pending, now.timeMs),
    };
    const jump = worstJump(track, now, parameters);
    const isExpired = pending !== null && now.timeMs - pending.timeMs > parameters.confirmWithinMinutes * 60_000;
    const mayConfirm = pending !== null && pending.timeMs !== now.timeMs && !(isExpired && before.isPassed);
    const isOn = mayConfirm && worstJump([pending], now, parameters) === undefined;
    const astray = jump === undefined ? 0 : mayConfirm && !before.isPassed ? before.astray + 1 : 1;
    const isBelieved =
      mayConfirm &&
      (isOn ? jump !== undefined || isSeenAgain(before, pending, now, parameters) : astray >= ASTRAY_FIXES);
    if (isBelieved) return confirm(before, pending, fix, now, parameters);
    if (jump !== undefined) return nothing({ ...before, pending: now, astray, isPassed: false });
    return nothing({
      ...before,
      track: extendTrack(track, now),
      pending: isExpired ? null : pending,
      astray: 0,
      isPassed: pending !== null && !isExpired,
    });
  },
};
