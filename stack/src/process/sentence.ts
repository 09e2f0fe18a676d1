/** A failure that the user can do something about: its message is one sentence that says what. Shown without a stack. */
export class Sentence extends Error {
  override readonly name = 'Sentence';
}
