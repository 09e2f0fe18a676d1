import type { Cursor } from './cursor.ts';
import type { Token } from './token.ts';
import type { IntervalQualifier, IntervalUnit } from './tree-type.ts';

/** From the coarsest. */
const UNITS: readonly IntervalUnit[] = ['YEAR', 'QUARTER', 'MONTH', 'WEEK', 'DAY', 'HOUR', 'MINUTE', 'SECOND'];
const EXAMPLE = 'for example MINUTE, DAY TO SECOND or YEAR TO MONTH';

function unitOf(token: Token): IntervalUnit | undefined {
  if (token.kind !== 'word') return undefined;
  return UNITS.find((unit) => token.text === unit || token.text === `${unit}S`);
}

export const isIntervalUnit = (token: Token): boolean => unitOf(token) !== undefined;

/** Units that may stand after `TO`, by the first unit. */
const RANGES: Readonly<Partial<Record<IntervalUnit, readonly IntervalUnit[]>>> = {
  YEAR: ['MONTH'],
  DAY: ['HOUR', 'MINUTE', 'SECOND'],
  HOUR: ['MINUTE', 'SECOND'],
  MINUTE: ['SECOND'],
};

/** `DAY`, `DAY(3) TO SECOND(6)`, `SECOND(2, 3)`, ... */
export function parseIntervalQualifier(cursor: Cursor): IntervalQualifier {
  const start = cursor.peek();
  const from = unitOf(start);
  if (from === undefined) cursor.unexpected(`the unit of the interval, ${EXAMPLE}`);
  cursor.next();
  let precision: number | undefined;
  let fraction: number | undefined;
  if (cursor.accept('(')) {
    precision = cursor.integer('the number of digits');
    if (from === 'SECOND' && cursor.accept(',')) fraction = cursor.integer('the number of decimals');
    cursor.expect(')', 'after the number of digits');
  }
  let to: IntervalUnit | undefined;
  const end = cursor.is('TO') ? unitOf(cursor.peek(1)) : undefined;
  if (end !== undefined && RANGES[from]?.includes(end) === true) {
    cursor.next();
    cursor.next();
    to = end;
    if (to === 'SECOND' && cursor.accept('(')) {
      fraction = cursor.integer('the number of decimals');
      cursor.expect(')', 'after the number of decimals');
    }
  }
  // FLOOR(INTERVAL '1' DAY TO DAY) rounds to days.
  else if (end !== undefined && !cursor.isAt(2, ')'))
    cursor.unexpected(`the end of the interval: ${from} TO ${end} does not exist`);
  return { from, precision, to, fraction, at: cursor.span(start.at) };
}

const TIME_UNITS: readonly string[] = [
  'NANOSECOND', 'MICROSECOND', 'MILLISECOND', 'SECOND', 'MINUTE', 'HOUR', 'DAY', 'DOW', 'DOY', 'ISODOW', 'ISOYEAR',
  'WEEK', 'MONTH', 'QUARTER', 'YEAR', 'EPOCH', 'DECADE', 'CENTURY', 'MILLENNIUM',
]; // prettier-ignore

const SYNONYMS: Readonly<Record<string, string>> = {
  DAYOFWEEK: 'DOW',
  DAYOFYEAR: 'DOY',
  FRAC_SECOND: 'MICROSECOND',
  SQL_TSI_FRAC_SECOND: 'NANOSECOND',
};

/** The unit of EXTRACT, CEIL, FLOOR, TIMESTAMPADD, ...; SQL_TSI_DAY is DAY. */
export function parseTimeUnit(cursor: Cursor, where: string): { kind: 'symbol'; value: string; at: Token['at'] } {
  const token = cursor.peek();
  const value = token.kind === 'word' ? (SYNONYMS[token.text] ?? token.text.replace(/^SQL_TSI_/, '')) : '';
  if (!TIME_UNITS.includes(value)) cursor.unexpected(`a unit of time ${where}, for example DAY or MINUTE`);
  cursor.next();
  return { kind: 'symbol', value, at: token.at };
}
