import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import type { DefinitionsFollower } from './definitions-follower.ts';
import { faultPoint } from './fault-point.ts';
import type { StepView } from './logic.ts';
import type { ProcessorOptions } from './processor-options.ts';

/** How long a record waits for the definitions that it needs before the partition gives up, and is tried again. */
const DEFINITIONS_WAIT_MS = 10_000;

/** The definition set that a partition evaluates with: it changes between two steps, to a newer one. */
export class DefinitionsInForce<S, D> {
  readonly #follower: DefinitionsFollower<D> | undefined;
  readonly #options: ProcessorOptions<S, D>;
  #value: D;
  #number: number;
  /** The set that the state names. */
  #committed: number;

  constructor(
    options: ProcessorOptions<S, D>,
    follower: DefinitionsFollower<D> | undefined,
    start: { readonly value: D; readonly number: number; readonly committed: number },
  ) {
    this.#options = options;
    this.#follower = follower;
    this.#value = start.value;
    this.#number = start.number;
    this.#committed = start.committed;
  }

  get value(): D {
    return this.#value;
  }

  get number(): number {
    return this.#number;
  }

  /** Those of any set that is kept. */
  readonly of = (set: number): D | undefined => (set === this.#number ? this.#value : this.#follower?.get(set));

  /** What a step goes by. */
  get view(): Pick<StepView<D>, 'definitions' | 'definitionsVersion' | 'definitionsOf'> {
    return { definitions: this.#value, definitionsVersion: this.#number, definitionsOf: this.of };
  }

  /** True when there is a newer set than the state names. */
  get due(): boolean {
    return (this.#follower?.latest ?? 0) > this.#committed;
  }

  /** True when the next step is the first of its set. */
  get switched(): boolean {
    return this.#number > this.#committed;
  }

  switch(): void {
    const follower = this.#follower;
    if (follower === undefined || follower.latest <= this.#number) return;
    const newer = follower.get(follower.latest);
    if (newer === undefined) return;
    this.#value = newer;
    this.#number = follower.latest;
    faultPoint('after-definitions-switch');
  }

  committed(number: number): void {
    this.#committed = number;
  }

  /** Waits until the definitions that a record needs have been read. */
  async reached(record: KafkaRecord): Promise<void> {
    const follower = this.#follower;
    const needed = this.#options.logic.definitionsNeededBy?.(record) ?? 0;
    if (follower === undefined || needed <= follower.latest) return;
    await follower.reached(needed, DEFINITIONS_WAIT_MS);
    if (needed > follower.latest) {
      throw new Error(
        `offset ${record.offset} needs definition set ${needed}, and ${this.#options.definitions!.topic} ends at ${follower.latest}`,
      );
    }
  }
}
