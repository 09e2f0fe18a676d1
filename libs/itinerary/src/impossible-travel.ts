import { z } from 'zod';
import { brokerKey, type Check, nothing, type Step } from './check.ts';
import { type Finding, lineShape, pointShape, spoken } from './finding.ts';
import { accuracyFields, errorRadiusM } from './fix-error.ts';
import type { Fix } from './observation.ts';
import { numberField, type ParametersOf, parametersSchema, text } from './parameters.ts';
import { distanceKm } from './distance.ts';
import { type Move, moveBetween, type Place, positionOf } from './smallest-speed.ts';
import { stateCodec } from './state-codec.ts';
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

const place = z.strictObject({
  timeMs: z.number(),
  longitude: z.number(),
  latitude: z.number(),
  errorM: z.number(),
});
const state = z.strictObject({
  /** Places that agree with each other, oldest first. */
  track: z.array(place),
  /** A place that the track cannot reach; one fix alone may be an error of the receiver. */
  pending: place.nullable(),
  /** The track went on after `pending` had been seen. */
  isPassed: z.boolean(),
  /** About the median of the times between fixes; 0 before the second one. */
  usualMs: z.number(),
  /** Until then a jump is part of the one that was told. */
  quietUntilMs: z.number().nullable(),
});
type State = z.infer<typeof state>;

const TRACK_LENGTH = 8;
/** The newest two are kept whatever their distance; older ones this far apart, so that eight fixes a second apart reach back 90 s. */
const TRACK_SPACING_MS = 15_000;
/** Two places are one, as seen from a third, when they are this share of the way apart. */
const SAME_PLACE_SHARE = 0.25;
/** What is further apart in time says nothing about whether one of the two is an error. */
const TELLING_MS = 600_000;
/** A receiver that was off for longer than usual wakes up at a wrong place first. */
const USUAL_TIMES = 2;
/**
 * Between usual fixes no faster than this share of the limit: then neither of them can be so wrong that the way from it to a right one is
 * beyond the limit.
 */
const CALM_SHARE = 0.5;
const LONGEST_USUAL_MS = 3_600_000;
const USUAL_STEP = 1.2;

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

/** Whether two places are one as seen from a third, `apartKm` away from the first. */
const areClose = (a: Place, b: Place, apartKm: number): boolean =>
  distanceKm(a, b) <= SAME_PLACE_SHARE * apartKm + (a.errorM + b.errorM) / 1_000;

/** Whether the device went on from one place to the other as it usually does, and calmly. */
function isUsualMove(a: Place, b: Place, usualMs: number, parameters: ImpossibleTravelParameters): boolean {
  const betweenMs = Math.abs(a.timeMs - b.timeMs);
  // Two positions of one second are one look of the receiver.
  if (betweenMs === 0 || betweenMs > USUAL_TIMES * usualMs) return false;
  return moveBetween(a, b).speedKmh <= CALM_SHARE * speedLimitKmh(parameters.fastestMode, parameters);
}

/** Follows the median of the times between fixes: a step up after a longer one, a step down after a shorter one. */
function nextUsualMs(usualMs: number, track: readonly Place[], nowMs: number): number {
  const betweenMs = nowMs - (track.at(-1)?.timeMs ?? nowMs);
  if (betweenMs <= 0) return usualMs;
  if (usualMs === 0) return Math.min(betweenMs, LONGEST_USUAL_MS);
  return Math.min(betweenMs > usualMs ? usualMs * USUAL_STEP : usualMs / USUAL_STEP, LONGEST_USUAL_MS);
}

/** Inserts by time: a late fix stands where it belongs. */
function extend(track: readonly Place[], to: Place): readonly Place[] {
  const at = track.findLastIndex(({ timeMs }) => timeMs <= to.timeMs) + 1;
  const longer = track.toSpliced(at, 0, to);
  // The last but two is dropped when it stands near to the one before it.
  const third = longer.length - 3;
  const isNear = third > 0 && longer[third]!.timeMs - longer[third - 1]!.timeMs < TRACK_SPACING_MS;
  const spaced = isNear ? longer.toSpliced(third, 1) : longer;
  return spaced.slice(-TRACK_LENGTH);
}

/**
 * Whether where the jump began is sure: a fix of another second stands by it. A receiver that wakes up after a gap says a wrong place once, and what
 * looks like a jump from there is its way back.
 */
function isSettled(jump: Jump, { track, usualMs }: State, parameters: ImpossibleTravelParameters): boolean {
  return track.some((other) => {
    const betweenMs = Math.abs(other.timeMs - jump.from.timeMs);
    if (betweenMs === 0) return false;
    if (worstJump([other], jump.to, parameters) !== undefined) return true;
    if (isUsualMove(other, jump.from, usualMs, parameters)) return true;
    return betweenMs <= TELLING_MS && areClose(other, jump.from, jump.distanceKm);
  });
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
function confirm(before: State, pending: Place, fix: Fix, now: Place, parameters: ImpossibleTravelParameters): Step<State> {
  const jump = worstJump(before.track, pending, parameters);
  const { quietUntilMs, usualMs } = before;
  const arrived = { pending: null, isPassed: false, usualMs, quietUntilMs };
  if (jump === undefined) return nothing({ ...arrived, track: extend(extend(before.track, pending), now) });
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
      track: extend([pending], now),
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
  const { usualMs } = before;
  return isUsualMove(pending, now, usualMs, parameters) && !isUsualMove(latest, now, usualMs, parameters);
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
  initial: { track: [], pending: null, isPassed: false, usualMs: 0, quietUntilMs: null },
  codec: stateCodec('impossible-travel', 1, state),
  observe(earlier, fix, parameters) {
    if (fix.kind !== 'fix') return nothing(earlier);
    const errorM = errorRadiusM(fix.accuracyM, parameters);
    const now: Place = { timeMs: fix.timeMs, ...fix.position, errorM };
    const { track, pending } = earlier;
    const before: State = { ...earlier, usualMs: nextUsualMs(earlier.usualMs, pending === null || earlier.isPassed ? track : [pending], now.timeMs) };
    const jump = worstJump(track, now, parameters);
    const isExpired = pending !== null && now.timeMs - pending.timeMs > parameters.confirmWithinMinutes * 60_000;
    const mayConfirm = pending !== null && pending.timeMs !== now.timeMs && !(isExpired && before.isPassed);
    if (mayConfirm && worstJump([pending], now, parameters) === undefined) {
      if (jump !== undefined || isSeenAgain(before, pending, now, parameters))
        return confirm(before, pending, fix, now, parameters);
    }
    if (jump !== undefined) return nothing({ ...before, pending: now, isPassed: false });
    return nothing({
      ...before,
      track: extend(track, now),
      pending: isExpired ? null : pending,
      isPassed: pending !== null && !isExpired,
    });
  },
};
