/** The process that `npm run bench -- nexmark` measures: nothing of the bench runs in it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { FUNCTIONS } from '@hermes/stream-sql/builtin/function-library';
import { adds } from '@hermes/stream-sql/engine/operator';
import { KafkaSource } from '../connectors/kafka/kafka-source.ts';
import type { Sink } from '../connectors/connector.ts';
import { CheckpointStore } from '../worker/checkpoint-store.ts';
import { STREAM_CHECKPOINTS } from '../worker/stream-checkpoint.ts';
import { StreamRun } from '../worker/stream-run.ts';
import { RowChecksum } from '@hermes/stream-sql/testing/row-checksum';
import type { TimedOrder, TimedResult } from '@hermes/stream-sql/testing/timed-run';

process.on('disconnect', () => process.exit(0));
process.on('message', (order: TimedOrder) => {
  run(order).then(
    (result) => process.send?.({ result }),
    (error: unknown) =>
      process.send?.({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});

async function run({ plan, brokers, checkpointIntervalMs }: TimedOrder): Promise<TimedResult> {
  const folder = await mkdtemp(join(tmpdir(), 'nexmark-'));
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  const kafka = openKafka({ brokers, clientId: 'nexmark' });
  try {
    const checksum = new RowChecksum();
    const nodes = plan.nodes.map((node, index) => ({ node, index }));
    const opened = await CheckpointStore.open(join(folder, 'run'), 1, STREAM_CHECKPOINTS);
    const live = new StreamRun({
      order: {
        run: 'nexmark',
        epoch: 1,
        plan,
        checkpointIntervalMs,
        stateLimitBytes: 6e9,
      },
      functions: FUNCTIONS,
      opened,
      sources: new Map(
        nodes.flatMap(({ node, index }) =>
          node.kind === 'source'
            ? [[index, new KafkaSource(kafka, plan, index, { maxWaitMs: 100, minBytes: 1 })] as const]
            : [],
        ),
      ),
      sinks: new Map(
        nodes.flatMap(({ node, index }) => (node.kind === 'sink' ? [[index, checksumSink(checksum)] as const] : [])),
      ),
      lookups: new Map(),
      deadLetters: async (letters) => {
        throw new Error(`a record was set aside: ${letters[0]?.reason}`);
      },
    });
    await live.live(() => undefined);
    const used = process.cpuUsage(cpu);
    const { figures } = live.report();
    return {
      cpuMs: (used.user + used.system) / 1_000,
      wallMs: performance.now() - startedMs,
      checksum: checksum.toString(),
      rowsOut: checksum.rows,
      rssMb: Math.round(process.memoryUsage.rss() / 1_048_576),
      checkpoints: figures.lastCheckpoint ?? 0,
    };
  } finally {
    await kafka.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Decodes every column of every row, as whoever uses the result would. */
function checksumSink(checksum: RowChecksum): Sink {
  return {
    write(kind, row) {
      if (adds(kind)) checksum.add(row);
      else checksum.remove(row);
    },
    waiting: { rows: 0, bytes: 0 },
    cut: () => [],
    deliver: async () => undefined,
    close: async () => undefined,
  };
}
