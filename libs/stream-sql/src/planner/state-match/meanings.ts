/** Numbers for texts: what is said in the same words has the same number, in all plans that are numbered by one of these. */
export class Meanings {
  private readonly numbers = new Map<string, number>();

  /** The number of what is said; parts of it may be numbers of others, so that nothing is ever written out twice. */
  of(said: unknown): number {
    const text = JSON.stringify(said);
    let number = this.numbers.get(text);
    if (number === undefined) this.numbers.set(text, (number = this.numbers.size));
    return number;
  }
}
