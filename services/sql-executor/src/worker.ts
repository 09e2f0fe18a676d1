import type { KafkaDriver, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { FUNCTIONS } from '@hermes/stream-sql/builtin/function-library';
import { makeConnectors } from './connectors/make-connectors.ts';
import { EXIT_FENCED, type FromWorker, type RunOrder, type SavepointOrder, type ToWorker } from './runs/messages.ts';
import { beginFrom } from './worker/begin-from.ts';
import { CheckpointStore, Fenced } from './worker/checkpoint-store.ts';
import { type BadLetter, deadLetter } from './worker/dead-letters.ts';
import { followFaultOrders, reachFault } from './worker/fault.ts';
import { FinalFailure } from './worker/final-failure.ts';
import { STREAM_CHECKPOINTS } from './worker/stream-checkpoint.ts';
import { StreamRun } from './worker/stream-run.ts';

/** A run's process: takes its order from the parent, reports every second, and ends when the parent does. */
const REPORT_MS = 1_000;

const tell = (message: FromWorker): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, {}, () => resolve());
  });

let run: StreamRun | undefined;
let stopped = false;

// The parent is gone: whoever starts the run next must not meet this process.
process.on('disconnect', () => process.exit(1));
process.on('message', (message: ToWorker) => {
  if (message.kind === 'start') void main(message);
  else if (message.kind === 'savepoint') void takeSavepoint(message);
  else {
    stopped = true;
    run?.stop();
  }
});
// Signals of a terminal go to the whole group; the parent decides about its children.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

async function takeSavepoint(order: SavepointOrder): Promise<void> {
  const outcome = (await run?.takeSavepoint(order)) ?? { kind: 'refused', message: 'the run is still starting' };
  await tell({ kind: 'savepoint', id: order.id, outcome });
}

async function main(order: RunOrder): Promise<void> {
  try {
    const opened = await CheckpointStore.open(order.folder, order.epoch, STREAM_CHECKPOINTS).catch((error: unknown) => {
      if (error instanceof Fenced) throw error;
      throw new FinalFailure(
        'state-unreadable',
        `the checkpoints of this run cannot be read: ${messageOf(error)}. Save a new version of the job (a comment in its text is enough) and start it to begin anew`,
      );
    });
    const begin =
      opened.newest === undefined && order.begin !== undefined ? await beginFrom(order.begin, order.plan) : undefined;
    const kafka = openKafka({
      brokers: order.kafkaBrokers,
      clientId: `hermes-job-${order.job}`,
      driver: order.kafkaDriver,
    });
    run = new StreamRun({
      order,
      functions: FUNCTIONS,
      ...(await makeConnectors(order, kafka)),
      opened,
      begin,
      deadLetters: deadLetterSender(order, kafka),
    });
    if (stopped) run.stop();
    const current = run;
    const timer = setInterval(() => {
      void tell({ kind: 'report', ...current.report() });
      // A process with nothing to write would not notice that another has the run.
      void opened.store.holds().then((holds) => holds || process.exit(EXIT_FENCED));
    }, REPORT_MS);
    followFaultOrders(order.job);
    await run.live(() => void tell({ kind: 'running' }));
    clearInterval(timer);
    await tell({ kind: 'report', ...run.report() });
    process.exit(0);
  } catch (error) {
    if (error instanceof Fenced) process.exit(EXIT_FENCED);
    await tell({
      kind: 'failed',
      code: error instanceof FinalFailure ? error.code : 'run-failed',
      message: messageOf(error),
      final: error instanceof FinalFailure,
    });
    process.exit(1);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function deadLetterSender(
  { project, job }: RunOrder,
  kafka: KafkaDriver,
): (letters: readonly BadLetter[]) => Promise<void> {
  let producer: KafkaProducer | undefined;
  return async (letters) => {
    producer ??= await kafka.producer();
    const at = new Date().toISOString();
    await producer.send(letters.map((each) => deadLetter(each, { project, job, at })));
    reachFault('dead-letters-sent');
  };
}
