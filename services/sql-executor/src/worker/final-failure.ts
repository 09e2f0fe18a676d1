/** Starting the run again would meet the same: it needs a person. */
export class FinalFailure extends Error {
  override readonly name = 'FinalFailure';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
