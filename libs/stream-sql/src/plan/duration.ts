const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  sec: 1_000,
  second: 1_000,
  seconds: 1_000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
};

/** Milliseconds of a duration as Flink's options have it, `5 s` or `10min`; without a unit it is milliseconds. `undefined` when it is none. */
export function durationOf(text: string): number | undefined {
  const match = /^\s*(\d{1,12})\s*([a-z]*)\s*$/.exec(text);
  const unitMs = match?.[2] === '' ? 1 : UNIT_MS[match?.[2] ?? ''];
  return match === null || unitMs === undefined ? undefined : Number(match[1]) * unitMs;
}
