import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import type { JobPlan } from '@hermes/stream-sql/plan/job-plan';
import type { CheckpointStore } from './checkpoint-store.ts';
import { Fenced } from './checkpoint-store.ts';
import { reachFault } from './fault.ts';
import type { Checkpoint } from './manifest.ts';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 3_000;

export interface Delivery {
  readonly client: ClickHouseClient;
  readonly database: string;
  readonly plan: JobPlan;
  readonly store: CheckpointStore;
  /** Told why it waits; null when the trouble is over. */
  readonly onTrouble: (trouble: string | null) => void;
}

/** Under this token ClickHouse takes a block once, however often it is sent. */
export const blockToken = (run: string, checkpoint: number, block: number): string => `${run}/${checkpoint}/${block}`;

/**
 * Inserts a durable checkpoint's blocks in order, and resolves when ClickHouse has acknowledged all. It tries until it can: a
 * server that is away, read-only or full costs time, never rows. Sending a block twice, also after a crash, sends the same
 * bytes under the same token.
 *
 * @throws Fenced when a higher epoch has taken over
 */
export async function deliver(checkpoint: Checkpoint, delivery: Delivery): Promise<void> {
  const { sink } = delivery.plan;
  const columns = sink.columns.map((column) => `\`${column.name}\``).join(', ');
  for (const [index, block] of checkpoint.blocks.entries()) {
    let waitMs = FIRST_WAIT_MS;
    for (let attempt = 1; ; attempt++) {
      if (!(await delivery.store.holds())) throw new Fenced('a higher epoch has the run');
      try {
        const answer = await delivery.client.exec({
          query: `INSERT INTO \`${delivery.database}\`.\`${sink.table}\` (${columns}) FORMAT JSONCompactEachRow`,
          values: Readable.from([block.bytes], { objectMode: false }),
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
        break;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        delivery.onTrouble(
          `ClickHouse has not taken block ${index} of checkpoint ${checkpoint.number} yet (attempt ${attempt}): ${message.slice(0, 300)}`,
        );
        await sleep(waitMs);
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
      }
    }
    delivery.onTrouble(null);
    reachFault('block-inserted');
  }
}
