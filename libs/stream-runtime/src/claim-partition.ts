import { randomBytes } from 'node:crypto';
import type { DefinitionsFollower } from './definitions-follower.ts';
import { faultPoint } from './fault-point.ts';
import { OwnerStoppedError } from './owner-stopped.ts';
import { PartitionOwner } from './partition-owner.ts';
import type { ProcessorLimits, ProcessorOptions } from './processor-options.ts';
import type { RuntimeLogger } from './runtime-logger.ts';
import type { SharedClients } from './shared-clients.ts';
import { partitionKeys } from './state-keys.ts';

const DEFINITIONS_WAIT_MS = 10_000;

/** A reason to stop for which trying again helps nothing. */
export class PartitionLostError extends Error {
  override readonly name = 'PartitionLostError';
  readonly code: 'offset-out-of-range' | 'topic-replaced';
  constructor(code: 'offset-out-of-range' | 'topic-replaced', message: string) {
    super(message);
    this.code = code;
  }
}

export const recordsLost = (topic: string, partition: number, offset: number, earliest: number): PartitionLostError =>
  new PartitionLostError(
    'offset-out-of-range',
    `the next record of ${topic}/${partition} would be ${offset}, but Kafka keeps records from ${earliest} on: retention was shorter than the outage`,
  );

/** Who claims, and what for. */
export interface Claimant {
  readonly partition: number;
  /** Tells an own claim, whose answer was lost, from a rival's. */
  readonly claimant: string;
  /** The epoch of the last claim, while it may still be ours: then nobody may have come in between. */
  epoch: number | undefined;
}

export interface ClaimSetting<S, D> {
  readonly options: ProcessorOptions<S, D>;
  readonly limits: ProcessorLimits;
  readonly clients: SharedClients;
  readonly definitions: DefinitionsFollower<D> | undefined;
  readonly log: RuntimeLogger;
  readonly now: () => number;
  /** Asked last thing before the claim: false when the group has taken the partition back meanwhile. */
  wanted(): boolean;
}

/**
 * Takes a partition over and makes its owner, ready to go on from the offset in the state.
 *
 * @throws PartitionLostError, StoreUnavailableError, StepRefusedError (`epoch`), OwnerStoppedError (not wanted any more)
 */
export async function claimPartition<S, D>(setting: ClaimSetting<S, D>, by: Claimant): Promise<PartitionOwner<S, D>> {
  const { options, clients } = setting;
  const { inputTopic } = options;
  const { partition } = by;
  const keys = partitionKeys(options.job, options.project, partition);
  const topic = await clients.admin.describeTopic(inputTopic);
  if (topic === undefined) throw new Error(`the topic ${inputTopic} does not exist`);
  if (topic.partitions !== options.partitions) {
    throw new Error(
      `the topic ${inputTopic} has ${topic.partitions} partitions, the project says ${options.partitions}`,
    );
  }
  if (!setting.wanted()) throw new OwnerStoppedError();
  faultPoint('before-claim');
  const claimed = await clients.store.claim(keys, by.epoch, randomBytes(6).toString('base64url'), by.claimant);
  faultPoint('after-claim');
  by.epoch = claimed.epoch;
  if (claimed.topicId !== undefined && claimed.topicId !== topic.topicId) {
    throw new PartitionLostError(
      'topic-replaced',
      `the state of ${options.job} belongs to topic ${inputTopic} with id ${claimed.topicId}, which is now ${topic.topicId}: the topic was deleted and made anew`,
    );
  }
  const earliest = (await clients.admin.offsets(inputTopic)).get(partition)?.earliest ?? 0;
  if (claimed.offset !== undefined && claimed.offset < earliest) {
    throw recordsLost(inputTopic, partition, claimed.offset, earliest);
  }
  const [definitions, version] = await definitionsOf(setting, claimed.definitionsVersion);
  const { store, producer } = clients;
  const { limits, log, now } = setting;
  return PartitionOwner.from(
    {
      options,
      limits,
      partition,
      keys,
      topicId: topic.topicId,
      store,
      producer,
      definitions: setting.definitions,
      log,
      now,
    },
    claimed,
    claimed.offset ?? earliest,
    definitions,
    version,
  );
}

/** The set that the state names; never an older one than it, a newer one only when it is no longer kept. */
async function definitionsOf<S, D>(setting: ClaimSetting<S, D>, version: number): Promise<readonly [D, number]> {
  const follower = setting.definitions;
  if (follower === undefined) return [undefined as D, 0];
  await follower.reached(version, DEFINITIONS_WAIT_MS);
  const same = follower.get(version);
  if (same !== undefined) return [same, version];
  const newest = follower.latest > version ? follower.get(follower.latest) : undefined;
  if (newest === undefined) {
    throw new Error(
      `the definition set ${version} that the state names is not in ${setting.options.definitions!.topic}`,
    );
  }
  setting.log.warn(
    { version, newest: follower.latest },
    'the definition set of the state is no longer kept: going on with the newest',
  );
  return [newest, follower.latest];
}
