import type { DataType, Integer, Value } from '../../values/data-type.ts';
import { formatDecimal } from '../../values/decimal.ts';
import { javaDouble, javaFloat } from '../../values/java-double.ts';
import { isApproximate, isInteger, isString, STRING, withNullable } from '../../values/types.ts';
import { withNulls } from '../define.ts';
import type { ScalarFunction } from '../signature.ts';
import { repeated } from './positions.ts';

const CONVERSION = /%(?:(\d+)\$)?([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g;

interface Spec {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
}

function fill(text: string, { flags, width }: Spec): string {
  const blanks = repeated(' ', Math.max(0, width - text.length));
  return flags.includes('-') ? text + blanks : blanks + text;
}

/** The sign and the zeros of a number; `digits` without a sign. */
function signed(digits: string, negative: boolean, spec: Spec): string {
  const { flags, width } = spec;
  const before = negative
    ? flags.includes('(')
      ? '('
      : '-'
    : flags.includes('+')
      ? '+'
      : flags.includes(' ')
        ? ' '
        : '';
  const after = negative && flags.includes('(') ? ')' : '';
  const zeros = flags.includes('0') ? Math.max(0, width - before.length - after.length - digits.length) : 0;
  return fill(`${before}${repeated('0', zeros)}${digits}${after}`, spec);
}

const grouped = (digits: string): string => {
  const [whole = '', fraction] = digits.split('.');
  const groups = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? groups : `${groups}.${fraction}`;
};

const BITS: Readonly<Record<string, number>> = { TINYINT: 8, SMALLINT: 16, INT: 32, BIGINT: 64 };

function wholeNumber(value: Integer, letter: string, type: DataType, spec: Spec): string {
  if (letter === 'd') {
    const digits = String(value).replace('-', '');
    return signed(spec.flags.includes(',') ? grouped(digits) : digits, value < 0, spec);
  }
  const bits = BigInt.asUintN(BITS[type.kind] ?? 64, BigInt(value));
  const digits = bits.toString(letter === 'o' ? 8 : 16);
  return signed(spec.flags.includes('#') ? (letter === 'o' ? `0${digits}` : `0x${digits}`) : digits, false, spec);
}

/** Rounds the shortest digits that mean the number half up, as Java does; toFixed rounds its exact value. */
function fixed(magnitude: number, precision: number): string {
  const [mantissa, exponent] = magnitude.toExponential().split('e') as [string, string];
  const digits = BigInt(mantissa.replace('.', ''));
  const shift = precision + Number(exponent) - Math.max(0, mantissa.length - 2);
  const unit = 10n ** BigInt(Math.abs(shift));
  const whole = String(shift >= 0 ? digits * unit : (digits + unit / 2n) / unit).padStart(precision + 1, '0');
  return precision === 0 ? whole : `${whole.slice(0, -precision)}.${whole.slice(-precision)}`;
}

function floating(value: number, letter: string, spec: Spec): string | undefined {
  const precision = spec.precision ?? 6;
  if (!Number.isFinite(value)) return fill(value > 0 ? 'Infinity' : value < 0 ? '-Infinity' : 'NaN', spec);
  const magnitude = Math.abs(value);
  const negative = value < 0 || Object.is(value, -0);
  if (precision > 100) return undefined;
  if (letter === 'f') {
    const digits = fixed(magnitude, precision);
    return signed(spec.flags.includes(',') ? grouped(digits) : digits, negative, spec);
  }
  const text = magnitude.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2');
  return signed(text, negative, spec);
}

/** How Flink's internal value looks as a text: a DATE is its days, BOOLEAN is in small letters. */
function plainText(value: Value, type: DataType): string {
  if (value === null) return 'null';
  if (type.kind === 'DECIMAL') return formatDecimal(value as Integer, type.scale);
  if (type.kind === 'DOUBLE') return javaDouble(value as number);
  return type.kind === 'FLOAT' ? javaFloat(value as number) : String(value);
}

/** One conversion; `undefined` when the value is not for it. */
function converted(letter: string, value: Value, type: DataType, spec: Spec): string | undefined {
  const small = letter.toLowerCase();
  const cut = (text: string): string => (spec.precision === undefined ? text : text.slice(0, spec.precision));
  if (small === 's') return fill(cut(plainText(value, type)), spec);
  if (small === 'b')
    return fill(cut(value === null ? 'false' : typeof value === 'boolean' ? String(value) : 'true'), spec);
  // Of a missing number a precision leaves so many letters.
  if (value === null)
    return 'dxofec'.includes(small) ? fill('fe'.includes(small) ? cut('null') : 'null', spec) : undefined;
  if ('dxo'.includes(small)) return isInteger(type) ? wholeNumber(value as Integer, small, type, spec) : undefined;
  if ('fe'.includes(small)) return isApproximate(type) ? floating(value as number, small, spec) : undefined;
  if (small === 'c')
    return isInteger(type) && type.kind !== 'BIGINT' && (value as number) >= 0
      ? fill(String.fromCodePoint(value as number), spec)
      : undefined;
  return undefined;
}

/** java.util.Formatter with Locale.US; NULL for a format that it refuses. */
function format(pattern: string, values: readonly Value[], types: readonly DataType[]): Value {
  let text = '';
  let from = 0;
  let next = 0;
  for (const match of pattern.matchAll(CONVERSION)) {
    const [all, position, flags = '', width, precision, letter = ''] = match;
    const between = pattern.slice(from, match.index);
    if (between.includes('%')) return null;
    from = match.index + all.length;
    text += between;
    const spec: Spec = {
      flags,
      width: Number(width ?? '0'),
      precision: precision === undefined ? undefined : Number(precision),
    };
    if (letter === '%' || letter === 'n') {
      text += letter === '%' ? fill('%', spec) : '\n';
      continue;
    }
    const at = position === undefined ? next++ : Number(position) - 1;
    if (at < 0 || at >= values.length) return null;
    const one = converted(letter, values[at]!, types[at]!, spec);
    if (one === undefined) return null;
    text += /[A-Z]/.test(letter) ? one.toUpperCase() : one;
  }
  const rest = pattern.slice(from);
  return rest.includes('%') ? null : text + rest;
}

export const PRINTF: readonly ScalarFunction[] = [
  {
    name: 'PRINTF',
    syntax: 'PRINTF(format, value, ...)',
    family: 'string',
    nulls: 'own',
    resolve: ([pattern, ...values]) => {
      if (pattern === undefined || !(isString(pattern.type) || pattern.type.kind === 'NULL')) return undefined;
      if (values.some(({ type }) => ['ARRAY', 'MAP', 'ROW', 'MULTISET', 'BINARY', 'VARBINARY'].includes(type.kind)))
        return 'PRINTF prints texts, numbers, BOOLEAN and times: CAST others to STRING';
      return { result: withNullable(STRING, true), parameters: [pattern.type, ...values.map(({ type }) => type)] };
    },
    evaluate: ([, ...args]) => {
      const types = args.map(({ type }) => type);
      return withNulls((pattern = null, ...values) =>
        pattern === null ? null : format(pattern as string, values, types),
      );
    },
  },
];
