import { adds, type RowKind } from '@hermes/stream-sql/engine/operator';
import { jsonRowWriter } from '@hermes/stream-sql/json/write-json-value';
import { durationMs } from '@hermes/stream-sql/planner/duration';
import type { Row } from '@hermes/stream-sql/values/data-type';
import type { WrittenTable } from '../../targets/plan-tables.ts';
import type { Block, Sink } from '../connector.ts';
import { jsonWriteOptions } from '@hermes/stream-sql/json/json-options';
import { LineBlocks } from '../lines/line-blocks.ts';
import { type Command, redisCommands } from './redis-commands.ts';
import { redisKey } from './redis-key.ts';
import { redisText } from './redis-values.ts';

const TIMEOUT_MS = 10_000;
/** Commands that are on their way at once. */
const CHUNK = 2_000;

/** What a key becomes: gone, fields with their texts (null: the field goes), or a text. */
type Line = readonly [key: string, content: null | string | readonly (readonly [field: string, text: string | null])[]];

/**
 * Rows by their key: a hash with a field for each column, or a string. The last change of a key in a checkpoint is what is written, so a checkpoint
 * that comes again writes the same.
 */
export function redisSink({ table, columns }: WrittenTable, url: URL): Sink {
  const commands = redisCommands(url, 'hermes-sql-sink', TIMEOUT_MS);
  const line = lineWriter({ table, columns });
  const ttl = table.options['ttl'];
  const ttlMs = ttl === undefined ? undefined : durationMs(ttl);
  const blocks = new LineBlocks(([kind, ...row]) => `${JSON.stringify(line(kind as RowKind, row))}\n`);
  return {
    write: (kind, row) => blocks.add([kind, ...row]),
    get waiting() {
      return blocks.waiting;
    },
    cut: () => blocks.cut(),
    async deliver(_, cut) {
      const all = lastOfEachKey(cut).flatMap((each) => commandsOf(each, ttlMs));
      for (let from = 0; from < all.length; from += CHUNK) await commands.run(all.slice(from, from + CHUNK));
    },
    close: () => commands.close(),
  };
}

function lineWriter({ table, columns }: Pick<WrittenTable, 'table' | 'columns'>): (kind: RowKind, row: Row) => Line {
  const keyOf = redisKey(table, columns);
  const texts = columns.map(({ type }) => redisText(type));
  if (table.options['data-structure'] !== 'string')
    return (kind, row) => [
      keyOf(row),
      adds(kind) ? columns.map(({ name }, i) => [name, row[i] === null ? null : texts[i]!(row[i]!)] as const) : null,
    ];
  const beside = columns.flatMap((column, i) =>
    table.primaryKey.some((at) => table.columns[at]!.name === column.name) ? [] : [i],
  );
  const [only] = beside;
  if (beside.length === 1 && only !== undefined)
    return (kind, row) => [keyOf(row), adds(kind) && row[only] !== null ? texts[only]!(row[only]!) : null];
  const write = jsonRowWriter(
    beside.map((i) => columns[i]!),
    jsonWriteOptions({ 'json.timestamp-format.standard': 'ISO-8601', 'json.map-null-key.mode': 'LITERAL' }),
  );
  return (kind, row) => [keyOf(row), adds(kind) ? write(beside.map((i) => row[i]!)) : null];
}

function lastOfEachKey(blocks: readonly Block[]): readonly Line[] {
  const last = new Map<string, Line>();
  for (const { bytes } of blocks) {
    for (const text of bytes.toString().split('\n')) {
      if (text === '') continue;
      const line = JSON.parse(text) as Line;
      last.set(line[0], line);
    }
  }
  return [...last.values()];
}

function commandsOf([key, content]: Line, ttlMs: number | undefined): Command[] {
  if (content === null) return [['UNLINK', key]];
  const expiry: Command[] = ttlMs === undefined ? [] : [['PEXPIRE', key, String(ttlMs)]];
  if (typeof content === 'string')
    return [['SET', key, content, ...(ttlMs === undefined ? [] : ['PX', String(ttlMs)])]];
  const set = content.filter((entry): entry is readonly [string, string] => entry[1] !== null);
  const gone = content.filter(([, text]) => text === null).map(([field]) => field);
  return [['HSET', key, ...set.flat()], ...(gone.length === 0 ? [] : [['HDEL', key, ...gone] as const]), ...expiry];
}
