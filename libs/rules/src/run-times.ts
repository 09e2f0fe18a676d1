import type { RunTimes } from '@hermes/contracts/rule';
import { isFields } from './fields.ts';
import type { Finding } from './finding.ts';
import { instantOf, saysWhen, withOffset } from './instants.ts';
import { TIME_OPERATORS, timeValueProblem } from './time-operators.ts';
import { VALUE_SAYS } from './rule-words.ts';
import { TRUE } from './verdict.ts';

/** Days and times of the day, without the first and the last instant. */
const hoursOf = ({ days, from, to, timeZone }: RunTimes): Readonly<Record<string, unknown>> | undefined => {
  const said = Object.entries({ days, from, to }).filter(([, value]) => value !== undefined);
  if (said.length === 0) return undefined;
  return { ...Object.fromEntries(said), ...(timeZone === undefined ? {} : { timeZone }) };
};

/** What is wrong with the times at which a rule runs, beside their shape. */
export function runTimesFindings(times: unknown, pointer: string): readonly Finding[] {
  if (!isFields(times)) return [];
  const { starts, ends, ...rest } = times;
  const findings: Finding[] = [];
  const refuse = (at: string, text: Finding['text']): void =>
    void findings.push({ pointer: at, code: 'wrong-value', text });
  for (const [name, when] of Object.entries({ starts, ends }))
    if (when !== undefined && !saysWhen(when)) refuse(`${pointer}/${name}`, VALUE_SAYS.needsWhen(name));
  const hasHours = Object.keys(rest).some((key) => key !== 'timeZone');
  const hours = hasHours ? timeValueProblem('during', rest, () => false) : undefined;
  if (hours !== undefined) refuse(pointer, hours);
  if (!hasHours && starts === undefined && ends === undefined) refuse(pointer, VALUE_SAYS.runTimes);
  const [startMs, endMs] = [instantOf(starts), instantOf(ends)];
  if (startMs !== undefined && endMs !== undefined && endMs <= startMs) refuse(`${pointer}/ends`, VALUE_SAYS.endsFirst);
  return findings;
}

/** The times with what they say of where on earth they are meant: in this time zone where they say nothing. */
export function runTimesInZone(times: RunTimes, timeZone: string): RunTimes {
  const { starts, ends } = times;
  return {
    ...(hoursOf(times) === undefined ? {} : { timeZone }),
    ...times,
    ...(starts === undefined ? {} : { starts: withOffset(starts, timeZone) as string }),
    ...(ends === undefined ? {} : { ends: withOffset(ends, timeZone) as string }),
  };
}

/** Whether a rule runs at an instant, ms since the epoch; of times that `runTimesInZone` has placed. The last instant is not in it. */
export function runsAt(times: RunTimes): (atMs: number) => boolean {
  const [startMs, endMs] = [instantOf(times.starts) ?? -Infinity, instantOf(times.ends) ?? Infinity];
  const hours = hoursOf(times);
  return (atMs) => {
    if (atMs < startMs || atMs >= endMs) return false;
    return hours === undefined || TIME_OPERATORS.during(new Date(atMs).toISOString(), hours) === TRUE;
  };
}
