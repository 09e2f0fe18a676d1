/** Work on one partition, one piece at a time, in the order in which it was asked for. */
export class Turns {
  readonly #mayBegin: () => void;
  #busy: Promise<unknown> = Promise.resolve();
  #working = 0;

  /** @param mayBegin - asked when a piece of work has its turn; throws when nothing may be done any more */
  constructor(mayBegin: () => void) {
    this.#mayBegin = mayBegin;
  }

  /** True when nothing is under way and nothing waits. */
  get idle(): boolean {
    return this.#working === 0;
  }

  async alone(work: () => Promise<void>): Promise<void> {
    this.#working += 1;
    const turn = this.#busy.then(async () => {
      this.#mayBegin();
      await work();
    });
    this.#busy = turn.catch(() => undefined);
    try {
      await turn;
    } finally {
      this.#working -= 1;
    }
  }
}
