/** Wall clock and instant in one time zone (IANA name), daylight saving included. */
export interface Zone {
  /** Milliseconds of the wall clock, as if it were UTC, at this instant. */
  toLocal(instantMs: number): number;
  /**
   * The instant at which the wall clock shows this. In a gap the clock has jumped over it: the instant after the jump, as
   * far in; in an overlap the earlier of the two. Source: java.time.LocalDateTime.atZone, which Flink uses.
   */
  toInstant(localMs: number): number;
}

const HOUR_MS = 3_600_000;

/** Throws RangeError for an unknown name. */
export function zoneOf(name: string): Zone {
  if (name === 'UTC' || name === 'Z') return { toLocal: (ms) => ms, toInstant: (ms) => ms };
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    era: 'short',
  });
  const cache = new Map<number, number>();
  const computed = (instantMs: number): number => {
    const whole = Math.floor(instantMs / 1000) * 1000;
    const part: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(whole)) part[type] = value;
    const year = part['era'] === 'BC' ? 1 - Number(part['year']) : Number(part['year']);
    const date = new Date(0);
    date.setUTCFullYear(year, Number(part['month']) - 1, Number(part['day']));
    date.setUTCHours(Number(part['hour']), Number(part['minute']), Number(part['second']));
    return date.getTime() - whole;
  };
  // Offsets change at full quarter hours, so one answer holds for its quarter.
  const quarter = HOUR_MS / 4;
  const offsetAt = (instantMs: number): number => {
    const key = Math.floor(instantMs / quarter);
    let offset = cache.get(key);
    if (offset === undefined) {
      if (cache.size > 10_000) cache.clear();
      offset = computed(key * quarter);
      cache.set(key, offset);
    }
    return offset;
  };
  return {
    toLocal: (instantMs) => instantMs + offsetAt(instantMs),
    toInstant: (localMs) => {
      const before = offsetAt(localMs - 24 * HOUR_MS);
      const after = offsetAt(localMs + 24 * HOUR_MS);
      if (before === after) return localMs - before;
      if (offsetAt(localMs - before) === before) return localMs - before;
      if (offsetAt(localMs - after) === after) return localMs - after;
      return localMs - before;
    },
  };
}
