import type { DataType, Integer, Row, Value } from '@hermes/stream-sql/values/data-type';
import { bytesOfHex, hexOfBytes } from '@hermes/stream-sql/values/bytes';
import { fit, formatDecimal, parseDecimal } from '@hermes/stream-sql/values/decimal';
import { integerOfText } from '@hermes/stream-sql/values/integer';
import {
  formatDate,
  formatTime,
  formatTimestamp,
  parseDate,
  parseTime,
  parseTimestamp,
} from '@hermes/stream-sql/values/time-text';

/** A value as PostgreSQL's input functions take it: its type there is the column's own. */
export function postgresText(type: DataType): (value: Exclude<Value, null>) => string {
  switch (type.kind) {
    case 'DECIMAL':
      return (value) => formatDecimal(value as Integer, type.scale);
    case 'BINARY':
    case 'VARBINARY':
      return (value) => `\\x${hexOfBytes(value as Uint8Array)}`;
    case 'DATE':
      return (value) => formatDate(value as number);
    case 'TIME':
      return (value) => formatTime(value as number, 3);
    case 'TIMESTAMP':
      return (value) => formatTimestamp(value as Integer, type.precision);
    case 'TIMESTAMP_LTZ':
      return (value) => `${formatTimestamp(value as Integer, type.precision)}Z`;
    case 'INTERVAL_MONTHS':
      return (value) => `${String(value)} months`;
    case 'INTERVAL_MS':
      return (value) => `${String(value)} milliseconds`;
    case 'ARRAY': {
      const element = postgresText(type.element);
      const isArray = type.element.kind === 'ARRAY';
      return (value) =>
        `{${(value as Row)
          .map((each) => (each === null ? 'NULL' : isArray ? element(each) : quoted(element(each))))
          .join(',')}}`;
    }
    default:
      return String;
  }
}

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;

const INTEGER_BITS = { TINYINT: 8, SMALLINT: 16, INT: 32, BIGINT: 64 } as const;

/** What PostgreSQL answers for a column: its text, or an array of texts. */
export type PostgresAnswer = string | null | readonly PostgresAnswer[];

/**
 * Reads the text that PostgreSQL prints (DateStyle ISO, time zone UTC); `undefined` when it is none of the type's. Decimals of a column without a
 * scale are rounded to the type's.
 */
export function postgresValue(type: DataType): (answer: Exclude<PostgresAnswer, null>) => Value | undefined {
  const text = (read: (text: string) => Value | undefined) => (answer: Exclude<PostgresAnswer, null>) =>
    typeof answer === 'string' ? read(answer) : undefined;
  switch (type.kind) {
    case 'BOOLEAN':
      return text((answer) => (/^t(rue)?$/.test(answer) ? true : /^f(alse)?$/.test(answer) ? false : undefined));
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT': {
      const bits = INTEGER_BITS[type.kind];
      return text((answer) =>
        /^-?\d{1,19}$/.test(answer) && BigInt.asIntN(bits, BigInt(answer)) === BigInt(answer)
          ? integerOfText(answer)
          : undefined,
      );
    }
    case 'FLOAT':
    case 'DOUBLE':
      return text((answer) => {
        const value = Number(answer);
        if (Number.isNaN(value) && answer !== 'NaN') return undefined;
        return type.kind === 'FLOAT' ? Math.fround(value) : value;
      });
    case 'DECIMAL':
      return text((answer) => {
        const parsed = parseDecimal(answer);
        return parsed === undefined ? undefined : (fit(parsed.unscaled, parsed.scale, type) ?? undefined);
      });
    case 'BINARY':
    case 'VARBINARY':
      return text((answer) => (answer.startsWith('\\x') ? bytesOfHex(answer.slice(2)) : undefined));
    case 'DATE':
      return text(parseDate);
    case 'TIME':
      return text(parseTime);
    case 'TIMESTAMP':
      return text((answer) => parseTimestamp(answer, type.precision));
    case 'TIMESTAMP_LTZ':
      return text((answer) =>
        answer.endsWith('+00') ? parseTimestamp(answer.slice(0, -3), type.precision) : undefined,
      );
    case 'ARRAY': {
      const element = postgresValue(type.element);
      return (answer) => {
        if (typeof answer === 'string') return undefined;
        const values = answer.map((each) => (each === null ? null : element(each)));
        return values.includes(undefined) ? undefined : (values as Value[]);
      };
    }
    default:
      return text((answer) => answer);
  }
}
