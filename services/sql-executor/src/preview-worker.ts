import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { FUNCTIONS } from '@hermes/stream-sql/builtin/function-library';
import { makeInputs } from './connectors/make-connectors.ts';
import type { FromPreview, PreviewOrder } from './previews/preview-messages.ts';
import { PreviewRun } from './previews/preview-run.ts';
import { FinalFailure } from './worker/final-failure.ts';

/** For records, at most. */
const FETCHES_WAIT_MS = 100;

/** A preview's process: takes its order from the parent, tells changes as they come, and ends when the parent does. */
const tell = (message: FromPreview): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, {}, () => resolve());
  });

let run: PreviewRun | undefined;

process.on('disconnect', () => process.exit(0));
process.on('message', (message: PreviewOrder | { readonly kind: 'stop' }) => {
  if (message.kind === 'start') void main(message);
  else if (run === undefined) process.exit(0);
  else run.stop();
});
// Signals of a terminal go to the whole group; the parent decides about its children.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

async function main(order: PreviewOrder): Promise<void> {
  try {
    const { kafkaBrokers: brokers, kafkaDriver: driver } = order;
    const kafka = openKafka({ brokers, clientId: 'hermes-preview', driver });
    // There are no checkpoints; a fetch waits for a tenth of their interval, and whoever looks waits for the first row.
    const inputs = await makeInputs({ ...order, checkpointIntervalMs: 10 * FETCHES_WAIT_MS }, kafka);
    run = new PreviewRun({ order, functions: FUNCTIONS, ...inputs, tell: (message) => void tell(message) });
    await tell({ kind: 'end', end: await run.live() });
    process.exit(0);
  } catch (error) {
    const code = error instanceof FinalFailure ? error.code : 'run-failed';
    const message = error instanceof Error ? error.message : String(error);
    await tell({ kind: 'end', end: { reason: 'failed', code, message, ...order.at } });
    process.exit(0);
  }
}
