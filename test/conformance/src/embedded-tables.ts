import type { Needed } from '@hermes/stream-sql/json/json-columns';
import { JsonCursor, JsonError } from '@hermes/stream-sql/json/json-cursor';
import { FieldError, jsonObjectReader } from '@hermes/stream-sql/json/read-json-value';
import type { ConnectorDescription } from '@hermes/stream-sql/planner/connectors/description';
import { jsonFormat } from '@hermes/stream-sql/planner/connectors/formats';
import { lookupOptions } from '@hermes/stream-sql/planner/connectors/lookup-options';
import type { TablePlan } from '@hermes/stream-sql/planner/plan';
import type { Row } from '@hermes/stream-sql/values/data-type';

/** Tables whose rows a case gives, or that it writes. */
const given: ConnectorDescription = {
  name: 'conformance',
  about: 'Rows of a case.',
  options: [
    {
      key: 'format',
      value: { kind: 'one-of', values: ['json'] },
      default: 'json',
      about: 'How the lines are read.',
    },
    ...jsonFormat.options,
  ],
  formats: [],
  metadata: [],
  source: { bounded: () => true },
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

/** Reads a line as a row of the table; undefined when it is passed over. @param neededOf - what is read of a column, by its place */
export function lineReader(
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
      if (ignoreParseErrors && (error instanceof JsonError || error instanceof FieldError)) return undefined;
      throw error;
    }
  };
}
