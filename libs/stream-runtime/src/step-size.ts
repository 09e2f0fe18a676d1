import type { Timer } from './logic.ts';
import type { StateWrite } from './sealed-step.ts';

const WRITE_BYTES = 16;
export const OUTPUT_BYTES = 160;
const TIMER_BYTES = 24;

/** What a part of a step counts for its limit, in bytes. */
export const writeBytes = (key: string, write: StateWrite): number =>
  key.length + (write.bytes?.length ?? 0) + WRITE_BYTES;
export const timerBytes = (id: string, timer: Timer | null): number =>
  2 * id.length + (timer?.payload.length ?? 0) + TIMER_BYTES;
export const lengthOf = (value: Buffer | string | null): number =>
  value === null ? 0 : typeof value === 'string' ? Buffer.byteLength(value) : value.length;
