import { refuse, SqlRefusal, type Position } from './problem.ts';

const UNIT_MS: Readonly<Record<string, number>> = { DAY: 86_400_000, HOUR: 3_600_000, MINUTE: 60_000, SECOND: 1_000 };

/**
 * The milliseconds of `INTERVAL '<text>' <unit>`. Month intervals and `UNIT TO UNIT` are refused.
 *
 * @param text - what stands between the quotes; `SECOND` may have up to three decimals
 */
export function intervalMs(at: Position, text: string, unitWord: string, toWord: string | undefined): number {
  const unit = unitWord.replace(/S$/, '');
  if (toWord !== undefined)
    refuse(at, `INTERVAL ... ${unitWord} TO ${toWord}`, "write it in one unit, for example INTERVAL '90' MINUTE");
  if (unit === 'YEAR' || unit === 'MONTH' || unit === 'QUARTER' || unit === 'WEEK')
    refuse(at, `INTERVAL in ${unit}`, "write it in days, for example INTERVAL '30' DAY");
  const ms = UNIT_MS[unit];
  if (ms === undefined)
    throw new SqlRefusal(at, `${unitWord} is not a unit of INTERVAL`, 'DAY, HOUR, MINUTE or SECOND');
  const pattern = unit === 'SECOND' ? /^\s*-?\d+(\.\d{1,3})?\s*$/ : /^\s*-?\d+\s*$/;
  if (!pattern.test(text)) throw new SqlRefusal(at, `'${text}' is not a number of ${unit}S`);
  return Math.round(Number(text) * ms);
}
