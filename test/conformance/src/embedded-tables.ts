import { csvOptions } from '@hermes/stream-sql/csv/csv-options';
import { csvRowReader } from '@hermes/stream-sql/csv/read-csv-row';
import { type Change, debeziumReader } from '@hermes/stream-sql/json/debezium';
import { debeziumReadOptions } from '@hermes/stream-sql/json/json-options';
import type { Needed } from '@hermes/stream-sql/json/json-columns';
import { JsonCursor, JsonError } from '@hermes/stream-sql/json/json-cursor';
import { FieldError, jsonObjectReader } from '@hermes/stream-sql/json/read-json-value';
import { RowKind } from '@hermes/stream-sql/engine/operator';
import type { ConnectorDescription } from '@hermes/stream-sql/planner/connectors/description';
import { csvFormat, debeziumJsonFormat, jsonFormat } from '@hermes/stream-sql/planner/connectors/formats';
import { lookupOptions } from '@hermes/stream-sql/planner/connectors/lookup-options';
import type { TablePlan } from '@hermes/stream-sql/planner/plan';
import type { Row, Value } from '@hermes/stream-sql/values/data-type';

/** Tables whose rows a case gives, or that it writes. */
const given: ConnectorDescription = {
  name: 'conformance',
  about: 'Rows of a case.',
  options: [
    {
      key: 'format',
      value: { kind: 'one-of', values: ['json', 'debezium-json', 'csv'] },
      default: 'json',
      about: 'How the lines are read.',
    },
    ...jsonFormat.options,
    ...debeziumJsonFormat.options,
    ...csvFormat.options,
  ],
  formats: [],
  metadata: [],
  source: {
    bounded: () => true,
    changelog: (options) => (options['format'] === 'debezium-json' ? 'retract' : 'append'),
  },
  sink: { accepts: 'retract', primaryKey: 'allowed' },
  refused: [],
};

/** Tables whose rows are asked for by key: a PostgreSQL for Flink. */
const lookedUp: ConnectorDescription = {
  name: 'conformance-lookup',
  about: 'Rows of a case, by key.',
  options: lookupOptions(),
  formats: [],
  metadata: [],
  lookup: { keys: 'any' },
  refused: [],
};

export const CONFORMANCE_CONNECTORS: readonly ConnectorDescription[] = [given, lookedUp];

/** A record that the table's format does not read, which ends a run. */
export class UnreadableLine extends Error {
  override readonly name = 'UnreadableLine';
}

/** Rows of a line, with what happens to them; none when it is passed over, or its record goes on in the next line. */
export type ReadLine = (line: string) => readonly Change[];

/**
 * Reads lines as rows of the table.
 *
 * @param neededOf - what is read of a column, by its place @throws UnreadableLine
 */
export function lineReader(table: TablePlan, neededOf: (place: number) => Needed | undefined): ReadLine {
  if (table.options['format'] === 'debezium-json') return changeReader(table, neededOf);
  const read = table.options['format'] === 'csv' ? csvReader(table) : jsonReader(table, neededOf);
  return (line) => {
    const values = read(line);
    return values === undefined ? [] : [{ kind: RowKind.insert, values }];
  };
}

function changeReader({ columns, options }: TablePlan, neededOf: (place: number) => Needed | undefined): ReadLine {
  const places = columns.flatMap(({ kind }, place) => (kind === 'physical' ? [place] : []));
  const settings = debeziumReadOptions(options);
  const read = debeziumReader(
    places.map((place) => columns[place]!),
    settings,
    (field) => neededOf(places[field]!),
  );
  const placed = ({ kind, values }: Change): Change => {
    const row: Value[] = columns.map(() => null);
    for (const [field, place] of places.entries()) row[place] = values[field]!;
    return { kind, values: row };
  };
  return (line) => {
    try {
      return read(line).map(placed);
    } catch (error) {
      if (!(error instanceof JsonError || error instanceof FieldError)) throw error;
      if (settings.ignoreParseErrors) return [];
      throw new UnreadableLine(error.message);
    }
  };
}

function csvReader({ columns, options }: TablePlan): (line: string) => Row | undefined {
  const places = columns.flatMap(({ kind }, place) => (kind === 'physical' ? [place] : []));
  const settings = csvOptions(options);
  const read = csvRowReader(
    places.map((place) => columns[place]!),
    settings,
  );
  let begun = '';
  return (line) => {
    if (settings.allowComments && begun === '' && line.startsWith('#')) return undefined;
    const record = read(begun + line);
    begun = record.kind === 'open' ? `${begun}${line}\n` : '';
    if (record.kind === 'open' || (record.kind === 'bad' && settings.ignoreParseErrors)) return undefined;
    if (record.kind === 'bad') throw new UnreadableLine(record.reason);
    const row: Value[] = columns.map(() => null);
    for (const [i, place] of places.entries()) row[place] = record.values[i]!;
    return row;
  };
}

function jsonReader(
  { columns, options }: TablePlan,
  neededOf: (place: number) => Needed | undefined,
): (line: string) => Row | undefined {
  const ignoreParseErrors = options['json.ignore-parse-errors'] === 'true';
  const physical = columns.map((column) => (column.kind === 'physical' ? column : undefined));
  const read = jsonObjectReader(
    physical,
    {
      ignoreParseErrors,
      failOnMissingField: options['json.fail-on-missing-field'] === 'true',
      timestampFormat: options['json.timestamp-format.standard'] === 'ISO-8601' ? 'ISO-8601' : 'SQL',
    },
    neededOf,
  );
  return (line) => {
    try {
      const cursor = new JsonCursor(line);
      if (cursor.peek() !== '{') cursor.fail('an object { ... } is expected');
      return read(cursor);
    } catch (error) {
      if (!(error instanceof JsonError || error instanceof FieldError)) throw error;
      if (ignoreParseErrors) return undefined;
      throw new UnreadableLine(error.message);
    }
  };
}
