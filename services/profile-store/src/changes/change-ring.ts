/** A change as it is kept for those who come back. */
export interface KeptChange {
  readonly partition: number;
  readonly offset: number;
  readonly subject: string;
  /** Or `segmentMemberId` of a segment. */
  readonly feature: string;
  /** Of the feature, or the segment. */
  readonly version: number;
  /** JSON of the contract's ProfileChange or SegmentChange. */
  readonly data: string;
  /** Epoch milliseconds of its arrival in this process. */
  readonly arrivedMs: number;
}

export interface RingLimits {
  readonly changes: number;
  /** Of their JSON, in characters. */
  readonly characters: number;
}

const nameOf = (partition: number, offset: number): string => `${partition}-${offset}`;

/** The newest changes of a project in the order of their arrival. Pure. */
export class ChangeRing {
  private readonly limits: RingLimits;
  /** By number; numbers are dense from `first` on. */
  private readonly kept = new Map<number, KeptChange>();
  private readonly numbers = new Map<string, number>();
  private first = 0;
  private next = 0;
  private characters = 0;

  constructor(limits: RingLimits) {
    this.limits = limits;
  }

  push(change: KeptChange): void {
    const number = this.next++;
    this.kept.set(number, change);
    this.numbers.set(nameOf(change.partition, change.offset), number);
    this.characters += change.data.length;
    while (this.kept.size > this.limits.changes || this.characters > this.limits.characters) this.drop();
  }

  find(partition: number, offset: number): KeptChange | undefined {
    const number = this.numbers.get(nameOf(partition, offset));
    return number === undefined ? undefined : this.kept.get(number);
  }

  /** What has arrived after a change that is here. */
  after({ partition, offset }: KeptChange): readonly KeptChange[] {
    const number = this.numbers.get(nameOf(partition, offset));
    return number === undefined ? [] : (this.from(number + 1) ?? []);
  }

  /** Where it stands now: everything that arrives later is `from` here. */
  get position(): number {
    return this.next;
  }

  /** What has arrived since a position; undefined when some of it is not here any more, or it never stood there. */
  from(position: number): readonly KeptChange[] | undefined {
    if (position < this.first || position > this.next) return undefined;
    const later: KeptChange[] = [];
    for (let at = position; at < this.next; at++) later.push(this.kept.get(at)!);
    return later;
  }

  private drop(): void {
    const oldest = this.kept.get(this.first)!;
    this.kept.delete(this.first);
    const name = nameOf(oldest.partition, oldest.offset);
    // A topic that was made anew gives a place again.
    if (this.numbers.get(name) === this.first) this.numbers.delete(name);
    this.first += 1;
    this.characters -= oldest.data.length;
  }
}
