import { shownType } from '../shown-type.ts';
import type { ConnectorDescription, DeclaredTable, TableProblem } from './description.ts';
import { lookupOptions, refusedLookupOptions } from './lookup-options.ts';

const SUBJECT = 'subject';
const FEATURE_NAME = /^[a-z][a-z0-9_-]{0,63}$/;

/**
 * The project's live profiles: one row for each subject, the other columns are features by their ids. Our own connector. Answers are kept without being
 * asked, for a second: a profile is read far more often than it changes.
 */
export const hermesProfile: ConnectorDescription = {
  name: 'hermes-profile',
  about: 'Profiles of the project: looked up by subject, written as attributes.',
  options: lookupOptions({ cache: 'PARTIAL', expireAfterWrite: '1 s' }).filter(
    ({ key }) => !['lookup.max-retries', 'lookup.async', 'lookup.partial-cache.expire-after-access'].includes(key),
  ),
  formats: [],
  metadata: [],
  sink: { accepts: 'append', primaryKey: 'needed', partial: true, writeProblem },
  lookup: { keys: 'primary-key', nullable: true },
  refused: [
    ['lookup.max-retries', 'leave it out: a job waits for profile-store as long as it takes, and loses no row'],
    [
      'lookup.partial-cache.expire-after-access',
      "write 'lookup.partial-cache.expire-after-write': a value that is used often must age too",
    ],
    ['lookup.async', 'leave it out: all keys of a batch are asked for at once'],
    ...refusedLookupOptions,
    ['url', "leave it out: the profiles are the project's own"],
    ['sink.', 'leave it out'],
  ],
  check,
};

function check(table: DeclaredTable): TableProblem | undefined {
  const { columns, primaryKey, name } = table;
  if (table.hasWatermark)
    return {
      at: 'watermark',
      message: 'WATERMARK on a hermes-profile table is not supported',
      hint: 'it belongs to the table that is read',
    };
  for (const column of columns) {
    if (column.kind !== 'physical')
      return {
        at: { column: column.name },
        message: `a ${column.kind} column in a hermes-profile table is not supported`,
        hint: 'write the expression into the SELECT list',
      };
    if (!FEATURE_NAME.test(column.name))
      return {
        at: { column: column.name },
        message: `${column.name} cannot be a feature`,
        hint: 'a column has the id of a feature: lower-case letters, digits, _ and -',
      };
  }
  const subject = columns.find((column) => column.name === SUBJECT);
  if (subject === undefined)
    return {
      at: 'table',
      message: `the table ${name} lacks the column ${SUBJECT}`,
      hint: `add ${SUBJECT} STRING NOT NULL and PRIMARY KEY (${SUBJECT}) NOT ENFORCED`,
    };
  if (subject.type.kind !== 'VARCHAR' && subject.type.kind !== 'CHAR')
    return {
      at: { column: SUBJECT },
      message: `${SUBJECT} is STRING, not ${shownType(subject.type)}`,
      hint: `write ${SUBJECT} STRING NOT NULL`,
    };
  if (primaryKey.length !== 1 || primaryKey[0] !== SUBJECT)
    return {
      at: 'primary-key',
      message: `the primary key of a hermes-profile table is ${SUBJECT}`,
      hint: `write PRIMARY KEY (${SUBJECT}) NOT ENFORCED`,
    };
  if (columns.length === 1)
    return {
      at: 'table',
      message: `the table ${name} names no feature`,
      hint: 'add a column with the id of a feature',
    };
  return undefined;
}

/** Longest of a double's decimal numbers that come back as they were. */
const MAX_EXACT_DIGITS = 15;
const WRITABLE = ['CHAR', 'VARCHAR', 'BOOLEAN', 'TINYINT', 'SMALLINT', 'INT', 'BIGINT', 'FLOAT', 'DOUBLE', 'DECIMAL'];

/** Why the named columns (by their index) of the table cannot be written as attributes. */
function writeProblem(table: Pick<DeclaredTable, 'columns'>, written: readonly number[]): TableProblem | undefined {
  const columns = written.map((i) => table.columns[i]!);
  if (!columns.some(({ name }) => name === SUBJECT))
    return {
      at: 'table',
      message: `INSERT INTO does not name ${SUBJECT}`,
      hint: 'add it to the columns of INSERT INTO',
    };
  if (columns.length === 1)
    return {
      at: 'table',
      message: 'INSERT INTO names no attribute',
      hint: 'add one to the columns of INSERT INTO',
    };
  for (const { name, type } of columns) {
    if (type.kind === 'DECIMAL' && type.precision > MAX_EXACT_DIGITS)
      return {
        at: { column: name },
        message: `${name} ${shownType(type)} has more digits than a number of a profile keeps`,
        hint: `up to ${MAX_EXACT_DIGITS} digits are exact: declare DECIMAL(${MAX_EXACT_DIGITS}, ${Math.min(type.scale, MAX_EXACT_DIGITS)}), or DOUBLE or STRING and CAST in the SELECT list`,
      };
    if (!WRITABLE.includes(type.kind))
      return {
        at: { column: name },
        message: `an attribute of type ${shownType(type)} is not supported`,
        hint: 'an attribute is STRING, BOOLEAN or a number: CAST in the SELECT list',
      };
  }
  return undefined;
}
