/**
 * What a logic cannot go on without is not there, whatever the record: the partition stops and is tried again, where any other error sends the record to the
 * dead letters.
 */
export class StoppingError extends Error {
  override readonly name: string = 'StoppingError';
}
