import { Subject } from '@hermes/contracts/identifiers';
import { EvaluationError } from '../functions/signature.ts';
import type { ProfileSinkPlan } from '../plan/job-plan.ts';
import type { DataType, Row, Value } from '../types/data-type.ts';
import { formatDecimal } from '../types/decimal.ts';

/** Characters of one text; contracts/attributes says so. */
const MAX_TEXT = 4_096;
/** Characters of all texts of a row, so that its event is taken. */
const MAX_ROW_TEXT = 8_000;

/**
 * Checks that a row can be written as attributes. Throws EvaluationError `bad-subject`, `not-a-number`, `not-exact`,
 * `attribute-too-long`.
 */
export function attributeRowCheck({ columns, subject }: ProfileSinkPlan): (row: Row) => void {
  return (row) => {
    const key = row[subject];
    if (!Subject.safeParse(key).success)
      throw new EvaluationError(
        'bad-subject',
        key === null
          ? 'the subject is NULL: filter such rows out'
          : `'${String(key)}' is not a subject: it is "<kind>:<id>" without blanks, for example 'customer:' || id`,
      );
    let length = 0;
    for (const [i, { name }] of columns.entries()) {
      const value = row[i]!;
      if (i === subject) continue;
      if (typeof value === 'number' && !Number.isFinite(value))
        throw new EvaluationError('not-a-number', `the attribute ${name} is ${value}, which is no number of JSON`);
      if (typeof value === 'bigint' && columns[i]!.type.kind === 'BIGINT' && !Number.isSafeInteger(Number(value)))
        throw new EvaluationError('not-exact', `the attribute ${name} is ${value}, past 2^53: CAST it AS STRING`);
      if (typeof value === 'string') {
        length += value.length;
        if (value.length > MAX_TEXT || length > MAX_ROW_TEXT)
          throw new EvaluationError(
            'attribute-too-long',
            `the attribute ${name} passes ${MAX_TEXT} characters, or the row ${MAX_ROW_TEXT}`,
          );
      }
    }
  };
}

/** Writes rows as lines `["customer:c-1",{"tier":"gold","score":0.5}]`: the subject and its attributes. */
export function attributeRowWriter({ columns, subject }: ProfileSinkPlan): (row: Row) => string {
  const writers = columns.flatMap(({ name, type }, i) =>
    i === subject ? [] : [(row: Row) => `${JSON.stringify(name)}:${attribute(row[i]!, type)}`],
  );
  return (row) => `[${JSON.stringify(row[subject])},{${writers.map((write) => write(row)).join(',')}}]\n`;
}

function attribute(value: Value, type: DataType): string {
  if (value === null) return 'null';
  if (type.kind === 'DECIMAL') return JSON.stringify(Number(formatDecimal(value as bigint, type.scale)));
  return typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
}
