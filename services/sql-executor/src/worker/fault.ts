import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

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

/** What a test tells the process of one job to do, as broken code would. */
const MISDEEDS = {
  /** 4 GB outside of the heap, in one piece, every page touched. */
  'buffer-at-once': () => Buffer.alloc(4e9, 1).length,
  /** As much in small pieces, with nobody else getting a turn. */
  'buffers-in-pieces': () => Array.from({ length: 4_000 }, () => Buffer.alloc(1e6, 1)).length,
  heap: () => Array.from({ length: 4_000 }, () => new Array<number>(100_000).fill(1.5)).length,
  loop: () => {
    for (;;);
  },
  'segmentation-fault': () => process.kill(process.pid, 'SIGSEGV'),
  abort: () => process.abort(),
} as const;
export type Misdeed = keyof typeof MISDEEDS;

const ORDERS_EVERY_MS = 50;
const isMisdeed = (text: string): text is Misdeed => Object.hasOwn(MISDEEDS, text);

/** With HERMES_FAULT_FOLDER set: does what the file with the job's id in it says, again after each start, until the file is gone. */
export function followFaultOrders(job: string): void {
  const folder = process.env['HERMES_FAULT_FOLDER'];
  if (folder === undefined) return;
  setInterval(() => {
    const file = join(folder, job);
    const order = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (isMisdeed(order)) MISDEEDS[order]();
  }, ORDERS_EVERY_MS).unref();
}
