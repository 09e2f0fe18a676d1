import { choiceField, numberField, type ParametersOf, text, timeZoneField } from './parameters.ts';

export const workingHoursFields = {
  workFromHour: numberField(text('Work begins at', '上班时间'), 'hourOfDay', { default: 9, min: 0, max: 24 }),
  workUntilHour: numberField(text('Work ends at', '下班时间'), 'hourOfDay', { default: 18, min: 0, max: 24 }),
  workDays: choiceField(
    text('Working days', '工作日'),
    // Homes are shown on weekends above all.
    { 'every-day': text('every day', '每天'), 'monday-to-friday': text('Monday to Friday', '周一至周五') },
    'every-day',
  ),
  timeZone: timeZoneField(text('Time zone', '时区'), 'Asia/Shanghai'),
} as const;

export type WorkingHours = ParametersOf<typeof workingHoursFields>;

const HOUR_MS = 3_600_000;
const WEEKEND: ReadonlySet<string> = new Set(['Sat', 'Sun']);
/** Making a format takes a hundred times as long as using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  return format;
}

/**
 * How many milliseconds from one instant to another, of less than a day, fall into the working hours of the day that the later one is in. A change
 * of the clocks between them is not seen.
 */
export function workingMs(fromMs: number, untilMs: number, hours: WorkingHours): number {
  const parts = formatOf(hours.timeZone).formatToParts(untilMs);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((one) => one.type === type)?.value ?? '';
  if (hours.workDays === 'monday-to-friday' && WEEKEND.has(part('weekday'))) return 0;
  const sinceMidnightMs =
    Number(part('hour')) * HOUR_MS +
    Number(part('minute')) * 60_000 +
    Number(part('second')) * 1_000 +
    (untilMs % 1_000);
  const midnightMs = untilMs - sinceMidnightMs;
  const beginMs = Math.max(fromMs, midnightMs + hours.workFromHour * HOUR_MS);
  const endMs = Math.min(untilMs, midnightMs + hours.workUntilHour * HOUR_MS);
  return Math.max(0, endMs - beginMs);
}
