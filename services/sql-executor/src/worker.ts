import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { EXIT_FENCED, type FromWorker, type RunOrder, type ToWorker } from './runs/messages.ts';
import { attributeBlocks } from './worker/attribute-blocks.ts';
import { CheckpointStore, Fenced } from './worker/checkpoint-store.ts';
import { clickHouseBlocks } from './worker/clickhouse-blocks.ts';
import type { Delivery } from './worker/deliver.ts';
import { FinalFailure } from './worker/final-failure.ts';
import { MANIFESTS } from './worker/manifest.ts';
import { ProfileLookup } from './worker/profile-lookup.ts';
import { Run } from './worker/run.ts';

/** A run's process: takes its order from the parent, reports every second, and ends when the parent does. */
const REPORT_MS = 1_000;

type Sink = Pick<Delivery, 'target' | 'send'>;

const tell = (message: FromWorker): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, {}, () => resolve());
  });

let run: Run | undefined;
let stopped = false;

// The parent is gone: whoever starts the run next must not meet this process.
process.on('disconnect', () => process.exit(1));
process.on('message', (message: ToWorker) => {
  if (message.kind === 'start') void main(message);
  else {
    stopped = true;
    run?.stop();
  }
});
// Signals of a terminal go to the whole group; the parent decides about its children.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

async function main(order: RunOrder): Promise<void> {
  try {
    const { store, newest } = await CheckpointStore.open(order.folder, order.epoch, MANIFESTS);
    const kafka = openKafka({
      brokers: order.kafkaBrokers,
      clientId: `hermes-job-${order.job}`,
      driver: order.kafkaDriver,
    });
    run = new Run({
      order,
      kafka,
      store,
      newest,
      delivery: { ...sinkOf(order, kafka), store },
      lookup: lookupOf(order),
    });
    if (stopped) run.stop();
    const current = run;
    const timer = setInterval(() => {
      void tell({ kind: 'report', ...current.report() });
      // A process with nothing to write would not notice that another has the run.
      void store.holds().then((holds) => holds || process.exit(EXIT_FENCED));
    }, REPORT_MS);
    await run.live(() => void tell({ kind: 'running' }));
    clearInterval(timer);
    await tell({ kind: 'report', ...run.report() });
    process.exit(0);
  } catch (error) {
    if (error instanceof Fenced) process.exit(EXIT_FENCED);
    const message = error instanceof Error ? error.message : String(error);
    await tell({
      kind: 'failed',
      code: error instanceof FinalFailure ? error.code : 'run-failed',
      message,
      final: error instanceof FinalFailure,
    });
    process.exit(1);
  }
}

function sinkOf({ plan, project, job, database, clickhouseUrl }: RunOrder, kafka: KafkaDriver): Sink {
  const { sink } = plan;
  if (sink.connector === 'hermes-profile') return { target: 'Kafka', send: attributeBlocks(kafka, { project, job }) };
  const client = openClickHouse(clickhouseUrl, { maxConnections: 2 });
  return { target: 'ClickHouse', send: clickHouseBlocks(client, database, sink) };
}

function lookupOf({ plan, project, profileStore }: RunOrder): ProfileLookup | undefined {
  const lookup = plan.operators.find((operator) => operator.kind === 'lookup');
  if (lookup === undefined) return undefined;
  if (profileStore === null)
    throw new FinalFailure(
      'no-profile-store',
      'profiles cannot be looked up here: PROFILE_STORE_URL and HERMES_SERVICE_SECRET are not set',
    );
  return new ProfileLookup(project, lookup, profileStore);
}
