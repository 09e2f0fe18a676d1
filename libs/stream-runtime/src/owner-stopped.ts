/** The owner was stopped while something waited for it: nothing was done. */
export class OwnerStoppedError extends Error {
  override readonly name = 'OwnerStoppedError';
  constructor() {
    super('the partition has no owner in this process now');
  }
}
