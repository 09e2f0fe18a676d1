/** Reads an instant out of a text; undefined when the text is not one. Milliseconds since 1970 in UTC. */
export type ReadInstant = (text: string) => number | undefined;

const TOKENS = /YYYY|MM|DD|HH|mm|ss|SSS/g;
const PARTS = {
  YYYY: 'year',
  MM: 'month',
  DD: 'day',
  HH: 'hour',
  mm: 'minute',
  ss: 'second',
  SSS: 'millisecond',
} as const;
type Token = keyof typeof PARTS;

/** Distance of a zone from UTC at an instant: what the zone's clock shows, minus the instant. */
function zoneOffsets(timeZone: string): (instantMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  return (instantMs) => {
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(instantMs)) part[type] = Number(value);
    const shown = Date.UTC(
      part['year']!,
      part['month']! - 1,
      part['day']!,
      part['hour']!,
      part['minute']!,
      part['second']!,
    );
    return shown - Math.floor(instantMs / 1_000) * 1_000;
  };
}

const HOUR_MS = 3_600_000;

/**
 * Local times of a zone as instants. Formatting is slow, so offsets are asked for once an hour of local time. A time that a
 * clock change skips is taken with the offset before the change; one that comes twice is the first of the two.
 */
function localToInstant(timeZone: string): (localMs: number) => number {
  if (timeZone === 'UTC') return (localMs) => localMs;
  const offsetAt = zoneOffsets(timeZone);
  const known = new Map<number, number>();
  return (localMs) => {
    const hour = Math.floor(localMs / HOUR_MS);
    const offset = known.get(hour);
    if (offset !== undefined) return localMs - offset;
    const before = offsetAt(localMs - 24 * HOUR_MS);
    const after = offsetAt(localMs + 24 * HOUR_MS);
    if (before === after) known.set(hour, before);
    const first = localMs - before;
    if (offsetAt(first) === before || before === after) return first;
    const second = localMs - after;
    return offsetAt(second) === after ? second : first;
  };
}

function fromPattern(pattern: string, timeZone: string): ReadInstant {
  const tokens = pattern.match(TOKENS) ?? [];
  const source = pattern
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll(TOKENS, (token) => `(\\d{${token.length}})`);
  const regex = new RegExp(`^${source}$`);
  const toInstant = localToInstant(timeZone);
  return (text) => {
    const match = regex.exec(text);
    if (match === null) return undefined;
    const part = { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, millisecond: 0 };
    tokens.forEach((token, index) => (part[PARTS[token as Token]] = Number(match[index + 1])));
    const localMs = Date.UTC(
      part.year,
      part.month - 1,
      part.day,
      part.hour,
      part.minute,
      part.second,
      part.millisecond,
    );
    // Date.UTC takes the 31st of February for the 3rd of March; a day that does not exist is no instant.
    const made = new Date(localMs);
    const exists =
      made.getUTCMonth() === part.month - 1 &&
      made.getUTCDate() === part.day &&
      part.hour < 24 &&
      part.minute < 60 &&
      part.second < 60;
    return exists ? toInstant(localMs) : undefined;
  };
}

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** The reader of a format of the replay map. @throws Error when the format has no token */
export function instantReader(format: string, timeZone: string): ReadInstant {
  const numeric =
    (factor: number): ReadInstant =>
    (text) =>
      /^-?\d+(\.\d+)?$/.test(text) ? Math.round(Number(text) * factor) : undefined;
  if (format === 'unix-s') return numeric(1_000);
  if (format === 'unix-ms') return numeric(1);
  if (format === 'iso')
    return (text) => (ISO.test(text) && !Number.isNaN(Date.parse(text)) ? Date.parse(text) : undefined);
  if (!format.includes('YYYY'))
    throw new Error(
      `the time format "${format}" has no YYYY; write for example "YYYY-MM-DD HH:mm:ss", "iso" or "unix-s"`,
    );
  return fromPattern(format, timeZone);
}
