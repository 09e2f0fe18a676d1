const pad = (value: number, width: number): string => String(value).padStart(width, '0');

const PATTERN = /^(\d{4})-(\d{2})-(\d{2})(?:([ T])(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?$/;

export interface ReadTimestamp {
  readonly ms: number;
  /** The character between date and time; empty for a date alone. */
  readonly separator: string;
}

/** Reads `2026-01-31 10:20:30.123` (or with T) as milliseconds of a wall clock; digits past milliseconds are cut. */
export function readTimestamp(text: string): ReadTimestamp | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, separator = '', hour = '0', minute = '0', second = '0', fraction = ''] = match;
  const [y, mo, d, h, mi, s] = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (mo < 1 || mo > 12 || d < 1 || h > 23 || mi > 59 || s > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(y, mo - 1, d);
  if (date.getUTCDate() !== d) return undefined;
  return {
    ms: date.getTime() + h * 3_600_000 + mi * 60_000 + s * 1_000 + Number(fraction.padEnd(3, '0').slice(0, 3)),
    separator,
  };
}

/** `2026-01-31 10:20:30.123` with `precision` (0 to 3) decimals. */
export function formatTimestamp(ms: number, precision: number): string {
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  const day = `${year < 0 ? '-' : ''}${pad(Math.abs(year), 4)}-${pad(date.getUTCMonth() + 1, 2)}-${pad(date.getUTCDate(), 2)}`;
  const time = `${pad(date.getUTCHours(), 2)}:${pad(date.getUTCMinutes(), 2)}:${pad(date.getUTCSeconds(), 2)}`;
  return precision === 0 ? `${day} ${time}` : `${day} ${time}.${pad(date.getUTCMilliseconds(), 3).slice(0, precision)}`;
}

/** Cuts milliseconds to `precision` decimals of a second. */
export function cutToPrecision(ms: number, precision: number): number {
  if (precision >= 3) return ms;
  const unit = 10 ** (3 - precision);
  return Math.floor(ms / unit) * unit;
}
