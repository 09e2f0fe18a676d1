import type { RedisOrCluster } from '@hermes/connectors/redis/client';
import { metaKey } from './state-keys.ts';

export interface AcceptedLoss {
  readonly job: string;
  readonly project: string;
  readonly partition: number;
  /** The offset to go on from. */
  readonly nextOffset: number;
  /** Kafka's id of the topic that the offset belongs to. */
  readonly topicId: string;
}

/**
 * Moves a stopped partition to another offset, or to a topic that was made anew: what lies between is given up, by a person's
 * decision. State, timers and outbox stay. A live owner is fenced; the processor goes on at its next claim (a restart).
 *
 * @returns where the partition was before; undefined (and nothing is changed) when it has no state
 */
export async function acceptLoss(
  redis: RedisOrCluster,
  loss: AcceptedLoss,
): Promise<{ readonly offset: number; readonly topicId: string } | undefined> {
  const key = metaKey(loss.job, loss.project, loss.partition);
  const [offset, topicId] = await redis.hmget(key, 'offset', 'topic');
  if (offset === null || offset === undefined || topicId === null || topicId === undefined) return undefined;
  await redis
    .multi()
    .hincrby(key, 'epoch', 1)
    .hdel(key, 'owner')
    .hset(key, { offset: String(loss.nextOffset), topic: loss.topicId })
    .exec();
  return { offset: Number(offset), topicId };
}
