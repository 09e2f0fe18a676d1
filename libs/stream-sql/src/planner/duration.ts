/** Units of Flink's `TimeUtils.parseDuration`. */
const UNIT_MS: readonly (readonly [names: readonly string[], ms: number])[] = [
  [['d', 'day', 'days'], 86_400_000],
  [['h', 'hour', 'hours'], 3_600_000],
  [['m', 'min', 'minute', 'minutes'], 60_000],
  [['s', 'sec', 'secs', 'second', 'seconds'], 1_000],
  [['ms', 'milli', 'millis', 'millisecond', 'milliseconds', ''], 1],
];

/** Milliseconds of a duration as Flink's options have it, `5 s` or `10min`; without a unit it is milliseconds. `undefined` when it is none. */
export function durationMs(text: string): number | undefined {
  const match = /^\s*(\d{1,12})\s*([a-z]*)\s*$/i.exec(text);
  if (match === null) return undefined;
  const unit = UNIT_MS.find(([names]) => names.includes(match[2]!.toLowerCase()));
  return unit === undefined ? undefined : Number(match[1]) * unit[1];
}
