import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import type { ClickHouseSinkPlan } from '@hermes/stream-sql/plan/job-plan';
import type { SendBlock } from './deliver.ts';

/** Under this token ClickHouse takes a block once, however often it is sent. */
export const blockToken = (run: string, checkpoint: number, block: number): string => `${run}/${checkpoint}/${block}`;

/** Inserts blocks into the project's table: the same bytes under the same token, each as one block of the server. */
export function clickHouseBlocks(client: ClickHouseClient, database: string, sink: ClickHouseSinkPlan): SendBlock {
  const columns = sink.columns.map((column) => `\`${column.name}\``).join(', ');
  return async (checkpoint, index) => {
    const answer = await client.exec({
      query: `INSERT INTO \`${database}\`.\`${sink.table}\` (${columns}) FORMAT JSONCompactEachRow`,
      values: Readable.from([checkpoint.blocks[index]!.bytes], { objectMode: false }),
      clickhouse_settings: {
        insert_deduplicate: 1,
        insert_deduplication_token: blockToken(checkpoint.run, checkpoint.number, index),
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
}
