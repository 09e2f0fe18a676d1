import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { Literal } from '../../syntax/tree-expression.ts';
import type { IntervalUnit } from '../../syntax/tree-type.ts';
import { simple } from '../../values/types.ts';
import type { PlanExpression } from '../expression.ts';

const MONTHS: Readonly<Partial<Record<IntervalUnit, number>>> = { YEAR: 12, MONTH: 1 };
const MS: Readonly<Partial<Record<IntervalUnit, number>>> = {
  DAY: 86_400_000,
  HOUR: 3_600_000,
  MINUTE: 60_000,
  SECOND: 1_000,
};
const ORDER: readonly IntervalUnit[] = ['DAY', 'HOUR', 'MINUTE', 'SECOND'];
/** The largest value of each unit behind the first. */
const BELOW: Readonly<Partial<Record<IntervalUnit, number>>> = { HOUR: 24, MINUTE: 60, SECOND: 60 };

/** INTERVAL '1 02:03' DAY TO MINUTE as months or milliseconds. Throws SqlRefusal. */
export function intervalLiteral(node: Literal & { readonly kind: 'interval' }): PlanExpression {
  const { from, to } = node.qualifier;
  // Flink takes a week for an hour and a quarter for a month.
  if (from === 'WEEK') refuse(node.at, 'an INTERVAL in weeks', "write days: INTERVAL '7' DAY");
  if (from === 'QUARTER') refuse(node.at, 'an INTERVAL in quarters', "write months: INTERVAL '3' MONTH");
  const text = node.text.trim();
  const negative = node.negative !== text.startsWith('-');
  const digits = text.replace(/^[+-]/, '');
  const isMonths = MONTHS[from] !== undefined;
  const amount = isMonths ? monthsOf(digits, from, to) : msOf(digits, from, to);
  if (amount === undefined)
    throw new SqlRefusal(
      node.at,
      `'${node.text}' is not an interval ${from}${to === undefined ? '' : ` TO ${to}`}`,
      example(from, to),
    );
  const most = node.qualifier.precision ?? 2;
  const first = /^\d+/.exec(digits)![0];
  if (Number(first) >= 10 ** most)
    throw new SqlRefusal(
      node.at,
      `${first} has more than the ${most} digits of ${from}(${most})`,
      `write INTERVAL '${node.text}' ${from}(${String(Number(first)).length})${to === undefined ? '' : ` TO ${to}`}`,
    );
  const value = negative ? 0 - amount : amount;
  return { kind: 'literal', value, type: simple(isMonths ? 'INTERVAL_MONTHS' : 'INTERVAL_MS', false) };
}

function monthsOf(text: string, from: IntervalUnit, to: IntervalUnit | undefined): number | undefined {
  if (to === undefined) return /^\d+$/.test(text) ? Number(text) * MONTHS[from]! : undefined;
  const match = /^(\d+)-(\d{1,2})$/.exec(text);
  if (match === null || from !== 'YEAR' || to !== 'MONTH' || Number(match[2]) > 11) return undefined;
  return Number(match[1]) * 12 + Number(match[2]);
}

function msOf(text: string, from: IntervalUnit, to: IntervalUnit | undefined): number | undefined {
  if (to === undefined) {
    const pattern = from === 'SECOND' ? /^\d+(\.\d{1,9})?$/ : /^\d+$/;
    return pattern.test(text) ? Math.floor(Number(text) * MS[from]! + 1e-6) : undefined;
  }
  const units = ORDER.slice(ORDER.indexOf(from), ORDER.indexOf(to) + 1);
  if (!ORDER.includes(from) || units.length < 2) return undefined;
  const parts = units.map((unit): string => (unit === 'SECOND' ? '(\\d+(?:\\.\\d{1,9})?)' : '(\\d+)'));
  const pattern = parts.reduce((all, part, i) => `${all}${units[i - 1] === 'DAY' ? ' +' : ':'}${part}`);
  const match = new RegExp(`^${pattern}$`).exec(text);
  if (match === null) return undefined;
  let ms = 0;
  for (const [i, unit] of units.entries()) {
    const value = Number(match[i + 1]);
    if (i > 0 && value >= BELOW[unit]!) return undefined;
    ms += Math.floor(value * MS[unit]! + 1e-6);
  }
  return ms;
}

function example(from: IntervalUnit, to: IntervalUnit | undefined): string {
  if (to === undefined) return `for example INTERVAL '10' ${from}`;
  const texts: Readonly<Partial<Record<IntervalUnit, string>>> = { DAY: '1', HOUR: '02', MINUTE: '30', SECOND: '15' };
  if (from === 'YEAR') return "for example INTERVAL '1-6' YEAR TO MONTH";
  const units = ORDER.slice(Math.max(0, ORDER.indexOf(from)), ORDER.indexOf(to) + 1);
  const text = units.reduce(
    (all, unit, i) => `${all}${i === 0 ? '' : units[i - 1] === 'DAY' ? ' ' : ':'}${texts[unit]}`,
    '',
  );
  return `for example INTERVAL '${text}' ${from} TO ${to}`;
}
