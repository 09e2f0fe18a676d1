import type { CreateTable, Name } from '../sql/ast.ts';
import { refuse, SqlRefusal, type Position } from '../sql/problem.ts';
import { isString, typeName, withNullable, type DataType } from '../types/data-type.ts';
import { resolveType } from '../types/resolve-type.ts';
import { durationOf } from './duration.ts';
import type { LookupSettings, PlacedColumn, ProfileSinkPlan } from './job-plan.ts';
import type { TableOptions } from './options.ts';

/** A table over the project's profiles: one row for each subject, the other columns are features. */
export interface ProfileTable {
  readonly node: CreateTable;
  readonly connector: 'hermes-profile';
  readonly columns: readonly PlacedColumn[];
  /** Index of the column `subject`. */
  readonly subject: number;
  readonly lookup: LookupSettings;
  /** The first option that only a lookup join has a use for. */
  readonly lookupOption: Position | undefined;
}

const SUBJECT = 'subject';
const FEATURE_NAME = /^[a-z][a-z0-9_-]{0,63}$/;
/** Longest of a double's decimal numbers that come back as they were. */
const MAX_EXACT_DIGITS = 15;

/** Checks a CREATE TABLE of the profiles. Throws SqlRefusal. */
export function profileTable(node: CreateTable, options: TableOptions): ProfileTable {
  const lookupOption = node.options.find(({ key }) => key.startsWith('lookup.'))?.at;
  const lookup = lookupSettings(options);
  options.finish({
    'lookup.max-retries': 'leave it out: a job waits for profile-store as long as it takes, and loses no row',
    'lookup.partial-cache.expire-after-access':
      "write 'lookup.partial-cache.expire-after-write': a value that is used often must age too",
    'lookup.full-cache': "leave it out: profiles are asked for as they are needed ('lookup.cache' = 'PARTIAL')",
    'lookup.async': 'leave it out: all keys of a batch are asked for at once',
    'lookup.cache.ttl': "write 'lookup.partial-cache.expire-after-write'",
    'lookup.cache.max-rows': "write 'lookup.partial-cache.max-rows'",
    url: "leave it out: the profiles are the project's own",
    'sink.': 'leave it out',
  });
  if (node.watermark !== undefined)
    refuse(node.watermark.at, 'WATERMARK on a hermes-profile table', 'it belongs to the table that is read');
  const columns = node.columns.map((column): PlacedColumn => {
    const { name, at } = column.name;
    if (column.kind !== 'physical')
      return refuse(
        at,
        `a ${column.kind} column in a hermes-profile table`,
        'write the expression into the SELECT list',
      );
    if (!FEATURE_NAME.test(name))
      throw new SqlRefusal(
        at,
        `${name} cannot be a feature`,
        'a column has the id of a feature: lower-case letters, digits, _ and -',
      );
    return { name, type: resolveType(column.type), at };
  });
  const subject = columns.findIndex(({ name }) => name === SUBJECT);
  const key = columns[subject];
  if (key === undefined)
    throw new SqlRefusal(
      node.name.at,
      `the table ${node.name.name} lacks the column ${SUBJECT}`,
      `add ${SUBJECT} STRING NOT NULL and PRIMARY KEY (${SUBJECT}) NOT ENFORCED`,
    );
  if (!isString(key.type))
    throw new SqlRefusal(
      key.at,
      `${SUBJECT} is STRING, not ${typeName(withNullable(key.type, true))}`,
      `write ${SUBJECT} STRING NOT NULL`,
    );
  const [first, ...others] = node.primaryKey;
  if (first?.name !== SUBJECT || others.length > 0)
    throw new SqlRefusal(
      first?.at ?? node.name.at,
      `the primary key of a hermes-profile table is ${SUBJECT}`,
      `write PRIMARY KEY (${SUBJECT}) NOT ENFORCED`,
    );
  if (columns.length === 1)
    throw new SqlRefusal(
      node.name.at,
      `the table ${node.name.name} names no feature`,
      'add a column with the id of a feature',
    );
  return { node, connector: 'hermes-profile', columns, subject, lookup, lookupOption };
}

function lookupSettings(options: TableOptions): LookupSettings {
  const duration = (key: string, fallbackMs: number): number => {
    const text = options.optional(key);
    const ms = text === undefined ? fallbackMs : durationOf(text);
    if (ms === undefined) throw new SqlRefusal(options.at(key), `'${text}' is not a duration`, "for example '1 s'");
    return ms;
  };
  const isCached = options.oneOf('lookup.cache', ['PARTIAL', 'NONE'], 'PARTIAL') === 'PARTIAL';
  const expireMs = duration('lookup.partial-cache.expire-after-write', 1_000);
  const maxRowsText = options.optional('lookup.partial-cache.max-rows') ?? '10000';
  if (!/^[1-9]\d{0,5}$/.test(maxRowsText))
    throw new SqlRefusal(
      options.at('lookup.partial-cache.max-rows'),
      `'${maxRowsText}' is not a number of rows`,
      "at least '1', at most '999999'; 'lookup.cache' = 'NONE' keeps none",
    );
  const cacheMissingKey = options.oneOf('lookup.partial-cache.cache-missing-key', ['true', 'false'], 'true') === 'true';
  const timeoutMs = duration('lookup.timeout', 5_000);
  if (timeoutMs < 100 || timeoutMs > 60_000)
    throw new SqlRefusal(options.at('lookup.timeout'), "'lookup.timeout' is from 100 ms to 1 min", "for example '5 s'");
  return {
    cache: isCached && expireMs > 0 ? { expireMs, maxRows: Number(maxRowsText), cacheMissingKey } : null,
    timeoutMs,
  };
}

/**
 * The table as the target of INSERT INTO, with the named columns only when some are named: an attribute that is not named stays as
 * it is. Throws SqlRefusal for what cannot be written as an attribute.
 */
export function profileSink(table: ProfileTable, into: Position, named: readonly Name[] | undefined): ProfileSinkPlan {
  const missing = named?.find(({ name }) => !table.columns.some((column) => column.name === name));
  if (missing !== undefined)
    throw new SqlRefusal(
      missing.at,
      `the table ${table.node.name.name} has no column ${missing.name}`,
      `there is: ${table.columns.map(({ name }) => name).join(', ')}`,
    );
  if (named !== undefined && !named.some(({ name }) => name === SUBJECT))
    throw new SqlRefusal(into, `INSERT INTO does not name ${SUBJECT}`, 'add it to the columns of INSERT INTO');
  const columns = table.columns.filter(({ name }) => named?.some((each) => each.name === name) ?? true);
  if (columns.length === 1)
    throw new SqlRefusal(into, 'INSERT INTO names no attribute', 'add one to the columns of INSERT INTO');
  const subject = columns.findIndex(({ name }) => name === SUBJECT);
  for (const [i, column] of columns.entries()) if (i !== subject) refuseAttribute(column);
  return { connector: 'hermes-profile', at: table.node.name.at, table: table.node.name.name, columns, subject };
}

function refuseAttribute({ name, type, at }: PlacedColumn): void {
  const shown = typeName(withNullable(type, true));
  if (type.kind === 'DECIMAL' && type.precision > MAX_EXACT_DIGITS)
    throw new SqlRefusal(
      at,
      `${name} ${shown} has more digits than a number of a profile keeps`,
      `up to ${MAX_EXACT_DIGITS} digits are exact: declare DECIMAL(${MAX_EXACT_DIGITS}, ${Math.min(type.scale, MAX_EXACT_DIGITS)}), or DOUBLE or STRING and CAST in the SELECT list`,
    );
  if (!WRITABLE.includes(type.kind))
    refuse(at, `an attribute of type ${shown}`, 'an attribute is STRING, BOOLEAN or a number: CAST in the SELECT list');
}

const WRITABLE: readonly DataType['kind'][] = [
  'CHAR',
  'VARCHAR',
  'BOOLEAN',
  'TINYINT',
  'SMALLINT',
  'INT',
  'BIGINT',
  'FLOAT',
  'DOUBLE',
  'DECIMAL',
];
