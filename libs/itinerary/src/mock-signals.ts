import { z } from 'zod';
import type { Position } from './coordinates.ts';
import { distanceKm } from './distance.ts';
import { type AccuracyParameters, errorRadiusM } from './fix-error.ts';
import { metresFrom } from './line-distance.ts';
import type { Fix } from './observation.ts';
import { numberField, type ParametersOf, text } from './parameters.ts';
import { storedFix } from './stored-place.ts';

export const signalFields = {
  identicalFixes: numberField(text('Identical positions, at least', '完全相同的定位点数下限'), 'fixes', {
    default: 60,
    min: 3,
    max: 10_000,
  }),
  identicalMinutes: numberField(text('Over at least', '持续至少'), 'minutes', {
    // A phone at rest repeats its last place through a night.
    default: 720,
    min: 0,
    max: 10_080,
  }),
  lineFixes: numberField(text('Positions on a perfect line, at least', '完美直线的定位点数下限'), 'fixes', {
    // Receivers that smooth make such lines at an even speed, most of them shorter.
    default: 60,
    min: 4,
    max: 1_000,
  }),
  lineToleranceM: numberField(text('A perfect line is within', '完美直线的误差'), 'm', {
    default: 0.5,
    min: 0.01,
    max: 20,
  }),
  lineStepM: numberField(text('With steps of at least', '每步至少'), 'm', { default: 5, min: 0.1, max: 1_000 }),
  jumpsBack: numberField(text('Jumps back to the very same position, at least', '跳回同一坐标的次数下限'), 'times', {
    default: 2,
    min: 1,
    max: 8,
  }),
  jumpKm: numberField(text('A jump is at least', '跳跃距离下限'), 'km', { default: 1, min: 0.05, max: 500 }),
  jumpKmh: numberField(text('And at least as fast as', '跳跃速度下限'), 'kmh', { default: 150, min: 10, max: 3_000 }),
} as const;

export type SignalParameters = ParametersOf<typeof signalFields> & AccuracyParameters;

export type MockSignal = 'stated-by-phone' | 'identical' | 'perfect-line' | 'jumps-back';

type Spot = z.infer<typeof storedFix>;

/** What is remembered of the positions so far. */
export const signalState = z.strictObject({
  /** The last two positions, older first. */
  last: z.array(storedFix),
  /** In which radius the last of them may be. */
  lastErrorM: z.number(),
  /** How many positions in a row are the last one, and since when. */
  identical: z.number(),
  identicalSinceMs: z.number(),
  /** How many positions in a row go on as the two before them did, and from where. */
  onLine: z.number(),
  lineFrom: storedFix.nullable(),
  /** Different positions that were seen of late, oldest first. */
  visited: z.array(storedFix),
  /** When a jump back was seen. */
  jumpedMs: z.array(z.number()),
});
export type SignalState = z.infer<typeof signalState>;

export const NO_SIGNALS: SignalState = {
  last: [],
  lastErrorM: 0,
  identical: 0,
  identicalSinceMs: 0,
  onLine: 0,
  lineFrom: null,
  visited: [],
  jumpedMs: [],
};

const MAX_VISITED = 24;
const MAX_JUMPS = 8;
/** Jumps further apart than this are no play of one application. */
const JUMPS_WITHIN_MS = 1_800_000;
const MS_PER_HOUR = 3_600_000;

const areSame = (a: Position, b: Position): boolean => a.longitude === b.longitude && a.latitude === b.latitude;

/** How far a position is from where the two before it lead, in metres; undefined where they do not lead on. */
function offLineM(last: readonly Spot[], now: Spot, stepM: number): number | undefined {
  const [older, newer] = last;
  if (older === undefined || newer === undefined) return undefined;
  const share = (now.timeMs - newer.timeMs) / (newer.timeMs - older.timeMs);
  const before = metresFrom(newer, older);
  const after = metresFrom(newer, now);
  // Someone who stands still is on a line with everything.
  if (Math.hypot(before.east, before.north) < stepM || Math.hypot(after.east, after.north) < stepM) return undefined;
  return Math.hypot(after.east + before.east * share, after.north + before.north * share);
}

/**
 * Whether it jumps from the last position to the very coordinates of an earlier one, which no receiver ever measures again. What may be an error of either is
 * no jump.
 */
function isJumpBack(before: SignalState, now: Spot, errorM: number, parameters: SignalParameters): boolean {
  const { last, visited, lastErrorM } = before;
  const from = last.at(-1);
  if (from === undefined || !visited.some((earlier) => areSame(earlier, now))) return false;
  const km = distanceKm(from, now) - (lastErrorM + errorM) / 1_000;
  return km >= parameters.jumpKm && km / ((now.timeMs - from.timeMs) / MS_PER_HOUR) >= parameters.jumpKmh;
}

/** One more position, later than all before it. */
export function seeSpot(before: SignalState, fix: Fix, parameters: SignalParameters): SignalState {
  const { timeMs, position } = fix;
  const now: Spot = { timeMs, longitude: position.longitude, latitude: position.latitude };
  const newest = before.last.at(-1);
  const isSame = newest !== undefined && areSame(newest, now);
  const offM = offLineM(before.last, now, parameters.lineStepM);
  const isOnLine = offM !== undefined && offM <= parameters.lineToleranceM;
  const visited = isSame ? before.visited : [...before.visited.filter((earlier) => !areSame(earlier, now)), now];
  const errorM = errorRadiusM(fix.accuracyM, parameters);
  const jumped = isJumpBack(before, now, errorM, parameters) ? [...before.jumpedMs, timeMs] : before.jumpedMs;
  return {
    last: [...before.last, now].slice(-2),
    lastErrorM: errorM,
    identical: isSame ? before.identical + 1 : 1,
    identicalSinceMs: isSame ? before.identicalSinceMs : timeMs,
    // The first that goes on makes a line of three.
    onLine: isOnLine ? Math.max(3, before.onLine + 1) : 0,
    lineFrom: isOnLine ? (before.lineFrom ?? before.last[0] ?? null) : null,
    visited: visited.slice(-MAX_VISITED),
    jumpedMs: jumped.filter((earlierMs) => timeMs - earlierMs <= JUMPS_WITHIN_MS).slice(-MAX_JUMPS),
  };
}

export interface SeenSignal {
  readonly signal: MockSignal;
  /** How many times the limit. */
  readonly strength: number;
  readonly numbers: Readonly<Record<string, number>>;
  readonly from: Position | undefined;
}

/** What the phone itself says. */
export const statedBy = (fix: Fix): readonly SeenSignal[] =>
  fix.isMock === true ? [{ signal: 'stated-by-phone', strength: 1, numbers: {}, from: undefined }] : [];

/** Which signs of a mocked position the newest fix shows. */
export function signalsOf(state: SignalState, fix: Fix, parameters: SignalParameters): readonly SeenSignal[] {
  const seen = [...statedBy(fix)];
  const minutes = (fix.timeMs - state.identicalSinceMs) / 60_000;
  if (state.identical >= parameters.identicalFixes && minutes >= parameters.identicalMinutes) {
    const strength = state.identical / parameters.identicalFixes;
    seen.push({ signal: 'identical', strength, numbers: { fixes: state.identical, minutes }, from: undefined });
  }
  if (state.onLine >= parameters.lineFixes && state.lineFrom !== null) {
    const lengthM = distanceKm(state.lineFrom, fix.position) * 1_000;
    const strength = state.onLine / parameters.lineFixes;
    seen.push({ signal: 'perfect-line', strength, numbers: { fixes: state.onLine, lengthM }, from: state.lineFrom });
  }
  const jumps = state.jumpedMs.length;
  if (jumps >= parameters.jumpsBack && state.jumpedMs.at(-1) === fix.timeMs)
    seen.push({
      signal: 'jumps-back',
      strength: jumps / parameters.jumpsBack,
      numbers: { jumps },
      from: state.last.length === 2 ? state.last[0] : undefined,
    });
  return seen;
}
