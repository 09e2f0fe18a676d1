/**
 * Where a partition's state lives in Valkey. Everything of a partition has one hash tag, so that a step stays on one slot.
 * `{job:project:partition}` then a letter: m meta (hash), s state, o outbox, t timers, i highest sequence per origin.
 */
export const partitionTag = (job: string, project: string, partition: number): string => `{${job}:${project}:${partition}}`;

/** The Valkey key of one state value: for services that read state beside the processor (profile reads). */
export const stateKey = (job: string, project: string, partition: number, key: string): string =>
  `${partitionTag(job, project, partition)}s:${key}`;
