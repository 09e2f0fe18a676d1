/**
 * Where a partition's state lives in Valkey. Everything of a partition has one hash tag, so that a step stays on one slot.
 * `{job:project:partition}` then a letter: m meta (hash), s state, o outbox, t timers by due instant, u timer payloads, i highest
 * sequence per origin, d definition cuts.
 */
export const partitionTag = (job: string, project: string, partition: number): string =>
  `{${job}:${project}:${partition}}`;

/** The Valkey key of one state value: for services that read state beside the processor (profile reads). */
export const stateKey = (job: string, project: string, partition: number, key: string): string =>
  `${partitionTag(job, project, partition)}s:${key}`;

/**
 * The hash with what a partition remembers of itself. `offset`: the next input offset; `epoch`: how often it was claimed; `topic`:
 * id of the input topic; `clock`: milliseconds; `definitions`: number of the set in force; `sequence`: last outbox sequence;
 * `incarnation`: drawn when the state was first made. For readers beside the processor: `HGET <metaKey> offset` is its progress.
 */
export const metaKey = (job: string, project: string, partition: number): string =>
  `${partitionTag(job, project, partition)}m`;

/**
 * The hash of a partition's definition cuts: number of a definition set to the input offset from which on that set was in force; the
 * newest 100. For readers beside the processor, with `cutOf`.
 */
export const definitionCutsKey = (job: string, project: string, partition: number): string =>
  `${partitionTag(job, project, partition)}d`;

/** The keys of one partition, in the order in which the function library expects them. */
export interface PartitionKeys {
  readonly meta: string;
  /** List of encoded outbox entries, oldest first. */
  readonly outbox: string;
  /** Sorted set: timer id by due instant. */
  readonly timers: string;
  /** Hash: timer id to payload. */
  readonly timerPayloads: string;
  /** Hash: highest sequence by origin. */
  readonly origins: string;
  /** Hash: set number to the offset from which on it was in force. */
  readonly cuts: string;
  /** What stands before every state key. */
  readonly statePrefix: string;
}

export function partitionKeys(job: string, project: string, partition: number): PartitionKeys {
  const tag = partitionTag(job, project, partition);
  return {
    meta: `${tag}m`,
    outbox: `${tag}o`,
    timers: `${tag}t`,
    timerPayloads: `${tag}u`,
    origins: `${tag}i`,
    cuts: `${tag}d`,
    statePrefix: `${tag}s:`,
  };
}
