/**
 * Points at which a test ends the process as kill -9 would: HERMES_FAULT=`<name>[:<n>]`, at the n-th passing (default 1).
 * Between them lie the parts of a checkpoint.
 */
export type FaultPoint =
  | 'batch-processed'
  | 'dead-letters-sent'
  | 'before-checkpoint'
  | 'checkpoint-durable'
  /** Some events of a block of attributes are on the inbox. */
  | 'attributes-sent'
  /** A checkpoint's records are committed in Kafka; nobody here has heard of it. */
  | 'records-committed'
  | 'block-inserted'
  | 'delivered'
  | 'restored'
  | 'redelivered';

const [name, count = '1'] = (process.env['HERMES_FAULT'] ?? '').split(':');
let left = Number(count);

export function reachFault(point: FaultPoint): void {
  if (name === point && --left === 0) process.kill(process.pid, 'SIGKILL');
}
