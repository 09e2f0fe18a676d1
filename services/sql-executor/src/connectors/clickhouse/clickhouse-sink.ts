import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { adds } from '@hermes/stream-sql/engine/operator';
import { compactRowWriter } from '@hermes/stream-sql/json/write-compact-row';
import type { DataType } from '@hermes/stream-sql/values/data-type';
import type { CheckpointPlace, Sink } from '../connector.ts';
import { LineBlocks } from '../lines/line-blocks.ts';

/** A table and the columns that are written, in the order of the rows. */
export interface ClickHouseTarget {
  readonly database: string;
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly type: DataType }[];
}

/** Under this token a table takes a block once, however often it is sent. */
export const blockToken = ({ run, checkpoint, sink }: CheckpointPlace, block: number): string =>
  `${run}/${checkpoint}/${sink}/${block}`;

/** Appends rows: each block of a checkpoint is one insert of the same bytes under the same token, taken as one block of the server. */
export function clickHouseSink(client: ClickHouseClient, { database, table, columns }: ClickHouseTarget): Sink {
  const blocks = new LineBlocks(compactRowWriter(columns.map(({ type }) => type)));
  const names = columns.map(({ name }) => `\`${name}\``).join(', ');
  const insert = async (token: string, bytes: Buffer): Promise<void> => {
    const answer = await client.exec({
      query: `INSERT INTO \`${database}\`.\`${table}\` (${names}) FORMAT JSONCompactEachRow`,
      values: Readable.from([bytes], { objectMode: false }),
      clickhouse_settings: {
        insert_deduplicate: 1,
        insert_deduplication_token: token,
        async_insert: 0,
        // The whole insert is one block of the server, so that the token covers it as one.
        input_format_parallel_parsing: 0,
        max_insert_threads: '1',
        // A NULL for a column that takes none is an error, not a zero.
        input_format_null_as_default: 0,
        date_time_input_format: 'best_effort',
      },
    });
    await finished(answer.stream.resume());
  };
  return {
    write(kind, row) {
      if (!adds(kind)) throw new Error('a clickhouse table takes rows and takes none back: the planner sees to it');
      blocks.add(row);
    },
    get waiting() {
      return blocks.waiting;
    },
    cut: () => blocks.cut(),
    async deliver(place, cut) {
      for (const [index, { bytes }] of cut.entries()) await insert(blockToken(place, index), bytes);
    },
    close: () => client.close(),
  };
}
