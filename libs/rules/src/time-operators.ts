import type { Bilingual } from '@hermes/contracts/event-type';
import type { RuleOperator } from '@hermes/contracts/rule';
import { isRelative } from './fact-reference.ts';
import { type Fields, isFields } from './fields.ts';
import { instantOf, saysWhen, zoneNamed } from './instants.ts';
import type { Operator } from './operators.ts';
import { unknownWord, VALUE_SAYS } from './rule-words.ts';
import { FALSE, UNDECIDABLE, type Verdict, verdictOf } from './verdict.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;
const SPAN_UNITS = { days: DAY_MS, hours: 60 * MINUTE_MS, minutes: MINUTE_MS, seconds: SECOND_MS } as const;

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
/** Day 0 of the epoch was a Thursday. */
const EPOCH_DAY = 3;
const CLOCK = /^(?:[01]\d|2[0-3]):[0-5]\d$/u;

/** Compares an event's instant. What is no text holds none; a text that is no instant, or does not say its offset, cannot be placed in time. */
function ofInstants(compare: (actualMs: number, expected: unknown) => Verdict): Operator {
  return (actual, expected) => {
    if (typeof actual !== 'string') return FALSE;
    const actualMs = instantOf(actual);
    return actualMs === undefined ? UNDECIDABLE : compare(actualMs, expected);
  };
}

const against = (compare: (actualMs: number, expectedMs: number) => boolean): Operator =>
  ofInstants((actualMs, expected) => {
    const expectedMs = instantOf(expected);
    return expectedMs === undefined ? UNDECIDABLE : verdictOf(compare(actualMs, expectedMs));
  });

/** The length of a span, its units added up; undefined when there is none, or one that is no length. */
export function spanMsOf(value: Fields): number | undefined {
  let ms = 0;
  for (const [unit, unitMs] of Object.entries(SPAN_UNITS)) {
    const count = value[unit] ?? 0;
    if (typeof count !== 'number' || !(count >= 0)) return undefined;
    ms += count * unitMs;
  }
  return ms > 0 && Number.isFinite(ms) ? ms : undefined;
}

const within = ofInstants((actualMs, expected) => {
  if (!isRelative(expected)) return UNDECIDABLE;
  const [ofMs, spanMs] = [instantOf(expected.of), spanMsOf(expected)];
  return ofMs === undefined || spanMs === undefined ? UNDECIDABLE : verdictOf(Math.abs(actualMs - ofMs) <= spanMs);
});

const clockMs = (text: string): number => Number(text.slice(0, 2)) * 60 * MINUTE_MS + Number(text.slice(3)) * MINUTE_MS;
const isClock = (value: unknown): value is string => typeof value === 'string' && CLOCK.test(value);
const isEnd = (value: unknown): value is string => isClock(value) || value === '24:00';

/** An event may be asked for a schedule: whatever it holds there can be shown. */
const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 40) ?? 'nothing';

type Schedule = (instantMs: number) => boolean;
const schedules = new WeakMap<Fields, Schedule | null>();

/** `{"days": ["monday", "friday"], "from": "09:00", "to": "18:00", "timeZone": "Asia/Shanghai"}`; undefined for what is none. */
function scheduleOf(value: unknown): Schedule | undefined {
  if (!isFields(value)) return undefined;
  let schedule = schedules.get(value);
  if (schedule === undefined) schedules.set(value, (schedule = makeSchedule(value) ?? null));
  return schedule ?? undefined;
}

function makeSchedule(value: Fields): Schedule | undefined {
  if (duringProblem(value) !== undefined) return undefined;
  const zone = typeof value['timeZone'] === 'string' ? zoneNamed(value['timeZone']) : undefined;
  if (zone === undefined) return undefined;
  const days = value['days'] as readonly string[] | undefined;
  const onDay = DAYS.map((day) => days === undefined || days.includes(day));
  const fromMs = isClock(value['from']) ? clockMs(value['from']) : 0;
  const toMs = isEnd(value['to']) ? clockMs(value['to']) : DAY_MS;
  return (instantMs) => {
    const localMs = zone.toLocal(instantMs);
    const day = Math.floor(localMs / DAY_MS);
    const timeMs = localMs - day * DAY_MS;
    const is = (aDay: number): boolean => onDay[(((aDay + EPOCH_DAY) % 7) + 7) % 7]!;
    if (fromMs < toMs) return is(day) && timeMs >= fromMs && timeMs < toMs;
    // Over midnight: what is after it belongs to the day before.
    return (is(day) && timeMs >= fromMs) || (is(day - 1) && timeMs < toMs);
  };
}

export const TIME_OPERATORS = {
  before: against((actualMs, expectedMs) => actualMs < expectedMs),
  after: against((actualMs, expectedMs) => actualMs > expectedMs),
  within,
  during: ofInstants((actualMs, expected) => {
    const schedule = scheduleOf(expected);
    return schedule === undefined ? UNDECIDABLE : verdictOf(schedule(actualMs));
  }),
} satisfies Partial<Record<RuleOperator, Operator>>;

/** What is wrong with the literal that such an operator compares with, in words; `of` may be a place of the event. */
export function timeValueProblem(
  operator: string,
  value: unknown,
  isPlace: (value: unknown) => boolean,
): Bilingual | undefined {
  if (operator === 'during') return isFields(value) ? duringProblem(value) : VALUE_SAYS.during;
  if (operator !== 'within') return saysWhen(value) ? undefined : VALUE_SAYS.needsWhen(operator);
  if (!isRelative(value)) return VALUE_SAYS.within;
  const stranger = Object.keys(value).find((key) => key !== 'of' && !Object.hasOwn(SPAN_UNITS, key));
  if (stranger !== undefined) return unknownWord('field', stranger, ['of', ...Object.keys(SPAN_UNITS)]);
  if (!isPlace(value.of) && !saysWhen(value.of)) return VALUE_SAYS.ofWhen;
  return spanMsOf(value) === undefined ? VALUE_SAYS.within : undefined;
}

function duringProblem(value: Fields): Bilingual | undefined {
  const known = ['days', 'from', 'to', 'timeZone'];
  const stranger = Object.keys(value).find((key) => !known.includes(key));
  if (stranger !== undefined) return unknownWord('field', stranger, known);
  const { days, from, to, timeZone } = value;
  if (days === undefined && from === undefined && to === undefined) return VALUE_SAYS.during;
  if (days !== undefined) {
    if (!Array.isArray(days) || days.length === 0) return VALUE_SAYS.days;
    const unknown = (days as readonly unknown[]).find((day) => !(DAYS as readonly unknown[]).includes(day));
    if (unknown !== undefined)
      return typeof unknown === 'string' ? unknownWord('day', unknown.slice(0, 40), DAYS) : VALUE_SAYS.days;
  }
  if ((from !== undefined && !isClock(from)) || (to !== undefined && !isEnd(to))) return VALUE_SAYS.clocks;
  if (from !== undefined && from === to) return VALUE_SAYS.sameClock;
  if (timeZone !== undefined && (typeof timeZone !== 'string' || zoneNamed(timeZone) === undefined))
    return VALUE_SAYS.noTimeZone(shown(timeZone));
  return undefined;
}
