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
  /** A savepoint has its instant: its checkpoint is not on disk yet. */
  | 'savepoint-begun'
  /** The rows of its checkpoint are acknowledged; there is no file of it. */
  | 'savepoint-delivered'
  /** Its file is on disk where nobody looks. */
  | 'savepoint-written'
  /** It is there; nobody has been told. */
  | 'savepoint-linked'
  | 'delivered'
  | 'restored'
  | 'redelivered';

const [name, count = '1'] = (process.env['HERMES_FAULT'] ?? '').split(':');
let left = Number(count);

export function reachFault(point: FaultPoint): void {
  if (name === point && --left === 0) process.kill(process.pid, 'SIGKILL');
}
