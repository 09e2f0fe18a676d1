import type { CastContext, Convert } from '../cast.ts';
import type { DataType, Integer, Value } from '../data-type.ts';
import { fit, parseDecimal, shiftDownHalfUp, shiftUp } from '../decimal.ts';
import { integerOfText } from '../integer.ts';
import { instantOfLocal } from '../text.ts';
import { parseDate, parseTime, parseTimestamp } from '../time-text.ts';
import type { DecimalType } from '../types.ts';
import { castFailed } from './cast-failed.ts';

const LIMITS: Readonly<Partial<Record<DataType['kind'], bigint>>> = {
  TINYINT: 2n ** 7n,
  SMALLINT: 2n ** 15n,
  INT: 2n ** 31n,
  BIGINT: 2n ** 63n,
};

/** Decimals are cut, an exponent is refused, digits may be missing on either side of the point. Source: BinaryStringDataUtil.toInt. */
export function parseInteger(text: string, kind: DataType['kind']): Integer | undefined {
  if (text.length < 10 && /^[1-9]\d*$/.test(text)) {
    const quick = Number(text);
    if (quick < LIMITS[kind]!) return quick;
  }
  const match = /^([+-]?)(?=[\d.])(\d*)(?:\.\d*)?$/.exec(text.trim());
  if (match === null) return undefined;
  const value = integerOfText(`${match[1] === '-' ? '-' : ''}${match[2] || '0'}`) || 0;
  const limit = LIMITS[kind]!;
  return value >= limit || value < -limit ? undefined : value;
}

/** Java's Double.parseDouble: surrounding spaces, a suffix d or f, hexadecimal with an exponent, NaN and Infinity. */
export function parseDouble(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[dDfF]?$/.test(trimmed)) return Number(trimmed.replace(/[dDfF]$/, ''));
  const word = /^([+-]?)(NaN|Infinity)$/.exec(trimmed);
  if (word !== null) return word[2] === 'NaN' ? Number.NaN : word[1] === '-' ? -Infinity : Infinity;
  const hex = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)[dDfF]?$/.exec(trimmed);
  if (hex === null || hex[2]! + hex[3]! === '') return undefined;
  const digits = Number(BigInt(`0x${hex[2]}${hex[3]}`));
  return (hex[1] === '-' ? -1 : 1) * digits * 2 ** (Number(hex[4]) - 4 * hex[3]!.length);
}

/** So many bytes and digits fit a Java long, and Flink reads them without a BigDecimal. */
const LONG_DIGITS = 18;

/**
 * A short text and a DECIMAL that fits a long: the digits before the point count as they are written ('0.5' has one too many for DECIMAL(1, 1), '.5' has
 * not), and the character that ends the number is not looked at ('5x' is 5, 'x' is 0; 'xy' is none). Source: BinaryStringDataUtil.toDecimal.
 */
function parseShortDecimal(text: string, { precision, scale }: DecimalType): Integer | undefined {
  const bare = text.replace(/^[ \n\t]+/, '');
  if (/^[+-]?$/.test(bare)) return undefined;
  const match =
    /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE](?!$|[+-]$)([+-]?\d*)[^\d\u0080-\uffff]?|[^\d.\u0080-\uffff])?[ \n\t]*$/.exec(
      bare,
    );
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = ''] = match;
  const change = Number(/\d/.test(exponent) ? exponent : 0) - fraction.length + scale;
  if (whole.length + fraction.length + change > precision) return undefined;
  const significand = integerOfText(`${sign === '-' ? '-' : ''}${whole}${fraction || (whole === '' ? '0' : '')}`) || 0;
  return change >= 0 ? shiftUp(significand, change) : shiftDownHalfUp(significand, -change);
}

const TRUE = new Set(['t', 'true', 'y', 'yes', '1']);
const FALSE = new Set(['f', 'false', 'n', 'no', '0']);

/** Casts of a text to numbers, BOOLEAN and times. */
export function fromText(to: DataType, { zone }: CastContext): Convert {
  const orFail =
    (parse: (text: string) => Value | undefined): Convert =>
    (value) =>
      parse(value as string) ?? castFailed(value as string, to);
  switch (to.kind) {
    case 'BOOLEAN':
      return orFail((text) => {
        const word = text.toLowerCase();
        return TRUE.has(word) ? true : FALSE.has(word) ? false : undefined;
      });
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
      return orFail((text) => parseInteger(text, to.kind));
    case 'DECIMAL':
      return orFail((text) => {
        if (to.precision <= LONG_DIGITS && text.length <= LONG_DIGITS) return parseShortDecimal(text, to);
        const parsed = parseDecimal(text.trim());
        if (parsed === undefined) return undefined;
        return fit(parsed.unscaled, parsed.scale, to) ?? undefined;
      });
    case 'DOUBLE':
      return orFail(parseDouble);
    case 'FLOAT':
      return orFail((text) => {
        const value = parseDouble(text);
        return value === undefined ? undefined : Math.fround(value);
      });
    case 'DATE':
      return orFail(parseDate);
    case 'TIME':
      return orFail((text) => {
        const ms = parseTime(text);
        const step = 10 ** Math.max(0, 3 - to.precision);
        return ms === undefined ? undefined : ms - (ms % step);
      });
    case 'TIMESTAMP':
      return orFail((text) => parseTimestamp(text, to.precision));
    case 'TIMESTAMP_LTZ':
      return orFail((text) => {
        const local = parseTimestamp(text, to.precision);
        return local === undefined ? undefined : instantOfLocal(local, to.precision, zone);
      });
    default:
      throw new TypeError(`no cast of a text to ${to.kind}`);
  }
}
