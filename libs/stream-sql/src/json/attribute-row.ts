import { Subject } from '@hermes/contracts/identifiers';
import { EvaluationError } from '../builtin/signature.ts';
import type { DataType, Integer, Row, Value } from '../values/data-type.ts';
import { formatDecimal } from '../values/decimal.ts';

/** Bytes of one value in JSON: a profile keeps no longer one, and would pass over it silently. */
const MAX_VALUE_BYTES = 1_024;
/** Bytes of a row's line, so that its event keeps to the 32 KiB that the inbox takes. */
const MAX_LINE_BYTES = 30_720;
/** Most bytes of a character of a text in JSON, and of anything else about a column. */
const BYTES_PER_CHARACTER = 6;
const BYTES_PER_COLUMN = 100;
const encoder = new TextEncoder();

/** Rows that are written as attributes: `subject` is the place of the subject among the columns, the others are attributes by their names. */
export interface AttributeColumns {
  readonly subject: number;
  readonly columns: readonly {
    readonly name: string;
    readonly type: DataType;
    /** The only values that the attribute takes, as far as somebody has asked. */
    readonly allowed?: readonly (string | number | boolean)[] | undefined;
  }[];
}

/**
 * Checks that a row can be written as attributes. Throws EvaluationError `bad-subject`, `not-a-number`, `not-exact`,
 * `attribute-too-long`,
 * `not-allowed`.
 */
export function attributeRowCheck(sink: AttributeColumns): (row: Row) => void {
  const { columns, subject } = sink;
  const write = attributeRowWriter(sink);
  const allowed = columns.map((column) => column.allowed && new Set(column.allowed));
  return (row) => {
    const key = row[subject];
    if (!Subject.safeParse(key).success)
      throw new EvaluationError(
        'bad-subject',
        key === null
          ? 'the subject is NULL: filter such rows out'
          : `'${String(key)}' is not a subject: it is "<kind>:<id>" without blanks, for example 'customer:' || id`,
      );
    let atMostBytes = BYTES_PER_CHARACTER * String(key).length;
    for (const [i, { name, type }] of columns.entries()) {
      const value = row[i]!;
      atMostBytes += BYTES_PER_COLUMN;
      if (i === subject || value === null) continue;
      if (allowed[i]?.has(plain(value, type)) === false)
        throw new EvaluationError(
          'not-allowed',
          `the attribute ${name} does not take ${JSON.stringify(plain(value, type))}`,
        );
      if (typeof value === 'number' && !Number.isFinite(value))
        throw new EvaluationError('not-a-number', `the attribute ${name} is ${value}, which is no number of JSON`);
      if (typeof value === 'bigint' && type.kind === 'BIGINT')
        throw new EvaluationError('not-exact', `the attribute ${name} is ${value}, past 2^53: CAST it AS STRING`);
      if (typeof value === 'string') {
        atMostBytes += BYTES_PER_CHARACTER * value.length;
        if (
          BYTES_PER_CHARACTER * value.length + 2 > MAX_VALUE_BYTES &&
          encoder.encode(JSON.stringify(value)).length > MAX_VALUE_BYTES
        )
          throw new EvaluationError(
            'attribute-too-long',
            `the attribute ${name} has more than ${MAX_VALUE_BYTES} bytes: cut it with SUBSTRING`,
          );
      }
    }
    if (atMostBytes > MAX_LINE_BYTES && encoder.encode(write(row)).length > MAX_LINE_BYTES)
      throw new EvaluationError('attribute-too-long', `the row's attributes have more than ${MAX_LINE_BYTES} bytes`);
  };
}

/** Writes rows as lines `["customer:c-1",{"tier":"gold","score":0.5}]`: the subject and its attributes. */
export function attributeRowWriter({ columns, subject }: AttributeColumns): (row: Row) => string {
  const writers = columns.flatMap(({ name, type }, i) =>
    i === subject ? [] : [(row: Row) => `${JSON.stringify(name)}:${attribute(row[i]!, type)}`],
  );
  return (row) => `[${JSON.stringify(row[subject])},{${writers.map((write) => write(row)).join(',')}}]\n`;
}

function attribute(value: Value, type: DataType): string {
  if (value === null) return 'null';
  // Every digit of a whole number, in whatever way a double would be printed.
  return type.kind === 'BIGINT' ? String(value) : JSON.stringify(plain(value, type));
}

/** The value as JSON has it. */
function plain(value: Exclude<Value, null>, type: DataType): string | number | boolean {
  if (type.kind === 'DECIMAL') return Number(formatDecimal(value as Integer, type.scale));
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'object') throw new Error('a ROW is no attribute');
  return value;
}
