import type { KafkaMessage } from '@hermes/connectors/kafka/driver';
import { adds, RowKind } from '@hermes/stream-sql/engine/operator';
import { debeziumWriter } from '@hermes/stream-sql/json/debezium';
import { jsonRowWriter } from '@hermes/stream-sql/json/write-json-value';
import type { TableColumn } from '@hermes/stream-sql/planner/plan';
import type { Integer, Row, Value } from '@hermes/stream-sql/values/data-type';
import { msOfTimestamp } from '@hermes/stream-sql/values/timestamp';
import { jsonWriteOptions } from '@hermes/stream-sql/json/json-options';

/**
 * Rows as records of a topic. Until its checkpoint is sent, a record is a line of four parts with tabs between them: key, value, headers (JSON of
 * base64) and timestamp; empty where there is none. JSON has neither tabs nor line ends of its own, so a `raw` key is kept as JSON too.
 */
export interface RecordLines {
  line(row: Row, kind?: RowKind): string;
  records(block: Buffer, topic: string): KafkaMessage[];
}

export function recordLines(
  columns: readonly TableColumn[],
  options: Readonly<Record<string, string | undefined>>,
  upsertKey: readonly string[] | null = null,
): RecordLines {
  const keyNames = upsertKey ?? (options['key.fields'] ?? '').split(';').filter((name) => name !== '');
  const isRaw = options['key.format'] === 'raw';
  const given = options as Readonly<Record<string, string>>;
  const keyColumns = keyNames.map((name) => columns.findIndex((column) => column.name === name));
  const inValue = (column: TableColumn): boolean =>
    column.kind === 'physical' && !(options['value.fields-include'] === 'EXCEPT_KEY' && keyNames.includes(column.name));
  const writeKey = part(columns, keyColumns, (fields) => jsonRowWriter(fields, jsonWriteOptions(given, 'key.json')));
  const writeValue = part(
    columns,
    columns.flatMap((column, at) => (inValue(column) ? [at] : [])),
    valueWriter(given, upsertKey !== null),
  );
  const metadata = (key: string): number =>
    columns.findIndex((column) => column.kind === 'metadata' && column.key === key);
  const headersAt = metadata('headers');
  const timestampAt = metadata('timestamp');
  const timestampType = columns[timestampAt]?.type;
  const precision = timestampType !== undefined && 'precision' in timestampType ? timestampType.precision : 3;
  const key =
    keyColumns.length === 0
      ? () => ''
      : isRaw
        ? (row: Row) => (row[keyColumns[0]!] === null ? '' : JSON.stringify(row[keyColumns[0]!]))
        : writeKey;
  return {
    line(row, kind = RowKind.insert) {
      const headers = headersAt < 0 ? null : row[headersAt]!;
      const timestamp = timestampAt < 0 ? null : row[timestampAt]!;
      return `${key(row, kind)}\t${writeValue(row, kind)}\t${headers === null ? '' : headersJson(headers)}\t${
        timestamp === null ? '' : msOfTimestamp(timestamp as Integer, precision)
      }\n`;
    },
    records(block, topic) {
      const lines = block.toString().split('\n');
      lines.pop();
      return lines.map((line) => {
        const [keyText = '', value = '', headers = '', timestamp = ''] = line.split('\t');
        return {
          topic,
          key: keyText === '' ? null : isRaw ? (JSON.parse(keyText) as string) : keyText,
          // Nothing that is written has no bytes: it is a tombstone.
          value: value === '' ? null : value,
          ...(headers === '' ? {} : { headers: headersOf(headers) }),
          ...(timestamp === '' ? {} : { timestampMs: Number(timestamp) }),
        };
      });
    },
  };
}

type Write = (row: Row, kind: RowKind) => string;

/** How a value is written: as it is, as a change, or by key, where what is taken back has none. */
function valueWriter(
  options: Readonly<Record<string, string>>,
  isUpsert: boolean,
): (fields: readonly TableColumn[]) => Write {
  if (options['format'] === 'debezium-json')
    return (fields) => {
      const write = debeziumWriter(fields, jsonWriteOptions(options, 'debezium-json'));
      return (row, kind) => write(kind, row);
    };
  if (!isUpsert) return (fields) => jsonRowWriter(fields, jsonWriteOptions(options));
  return (fields) => {
    const write = jsonRowWriter(fields, jsonWriteOptions(options, 'value.json'));
    return (row, kind) => (adds(kind) ? write(row) : '');
  };
}

function part(
  columns: readonly TableColumn[],
  at: readonly number[],
  writer: (fields: readonly TableColumn[]) => Write,
): Write {
  const write = writer(at.map((i) => columns[i]!));
  return at.every((from, to) => from === to)
    ? write
    : (row, kind) =>
        write(
          at.map((i) => row[i]!),
          kind,
        );
}

/** MAP<STRING, BYTES>; Kafka's own client writes a NULL value as no bytes too. */
const headersJson = (headers: Value): string =>
  JSON.stringify(
    [...(headers as ReadonlyMap<string, Uint8Array | null>)].map(([name, value]) => [
      name,
      Buffer.from(value ?? []).toString('base64'),
    ]),
  );

const headersOf = (json: string): Record<string, Buffer> =>
  Object.fromEntries(
    (JSON.parse(json) as [string, string][]).map(([name, base64]) => [name, Buffer.from(base64, 'base64')]),
  );
