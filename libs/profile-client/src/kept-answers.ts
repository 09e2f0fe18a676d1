export interface KeptAnswer {
  readonly etag: string;
  /** As text: each caller gets objects of its own. */
  readonly text: string;
}

/** The answers that were read last, by address. They are only given again when the service says (304) that they are still right. */
export class KeptAnswers {
  private readonly limit: number;
  /** In order of use, the longest unused first. */
  private readonly answers = new Map<string, KeptAnswer>();

  constructor(limit: number) {
    this.limit = limit;
  }

  get(address: string): KeptAnswer | undefined {
    const answer = this.answers.get(address);
    if (answer !== undefined) this.moveToEnd(address, answer);
    return answer;
  }

  keep(address: string, answer: KeptAnswer): void {
    if (this.limit === 0) return;
    this.moveToEnd(address, answer);
    if (this.answers.size > this.limit) this.answers.delete(this.answers.keys().next().value!);
  }

  private moveToEnd(address: string, answer: KeptAnswer): void {
    this.answers.delete(address);
    this.answers.set(address, answer);
  }
}
