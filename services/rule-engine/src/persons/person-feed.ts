import type { KafkaBatch, KafkaDriver, KafkaRecord } from '@hermes/connectors/kafka/driver';
import type { ProjectRecord } from '@hermes/contracts/control';
import { profileChangesTopic } from '@hermes/contracts/topics';
import type { Logger } from 'pino';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InjectIntoRules } from '../evaluation/project-processor.ts';
import { askHowFar, loseChanges, NotYetError, takeChanges } from './take-changes.ts';

const LOOK_EVERY_MS = 200;
/** So many at once: each may be of another subject, which is a state key. */
const RECORDS_AT_ONCE = 150;
/** How long a change waits before it is asked again whether its event has been evaluated. */
const WAIT_MS = 20;
const TELL_AFTER_WAITS = 3_000;

export interface PersonFeedParts {
  readonly kafka: Pick<KafkaDriver, 'readPartitions' | 'admin'>;
  readonly project: Pick<ProjectRecord, 'id'>;
  /** Partitions of the events that this process owns now. */
  readonly owned: () => readonly number[];
  /** Whether anything is to be known of persons. */
  readonly isAsked: () => boolean;
  readonly inject: InjectIntoRules;
  readonly logger: Logger;
}

class NotOwnedError extends Error {
  override readonly name = 'NotOwnedError';
}

/**
 * Brings what `<project>.profile-changes` tells into the partitions that this process owns, from where each has read up to. Who a partition belongs to is the
 * processor's affair: what it is given goes in by its own conditional steps, so of two readers only one is heard.
 */
export function feedPersons(parts: PersonFeedParts): { close(): Promise<void> } {
  const { kafka, project, owned, isAsked, inject, logger } = parts;
  const topic = profileChangesTopic(project.id);
  const read = new Set<number>();
  const closing = new AbortController();

  const injected = async (partition: number, injection: Parameters<InjectIntoRules>[1]): Promise<void> => {
    if ((await inject(partition, injection)) === 'not-owned')
      throw new NotOwnedError('another process has the partition');
  };

  const take = async ({ partition, records }: KafkaBatch): Promise<void> => {
    let left: readonly KafkaRecord[] = records;
    for (let waits = 0; left.length > 0;) {
      let taken = 0;
      const injection = takeChanges(left.slice(0, RECORDS_AT_ONCE), (count) => (taken = count));
      await injected(partition, injection).catch((error: unknown) => {
        if (!(error instanceof NotYetError)) throw error;
      });
      left = left.slice(taken);
      waits = taken === 0 ? waits + 1 : 0;
      if (waits === TELL_AFTER_WAITS)
        logger.warn({ project: project.id, partition }, 'changes of profiles wait for events that are not evaluated');
      if (taken === 0) await sleep(WAIT_MS, undefined, { signal: closing.signal });
    }
  };

  const earliest = async (partition: number): Promise<number> => {
    const admin = await kafka.admin();
    return (await admin.offsets(topic).finally(() => admin.close())).get(partition)?.earliest ?? 0;
  };

  const reader = kafka.readPartitions({
    topic,
    onBatch: take,
    onStopped: ({ partition }, { code, cause }) => void stopped(partition, code, cause),
  });

  /** It is begun anew at the next look, where it is still this process's. */
  const stopped = async (partition: number, code: string, cause: unknown): Promise<void> => {
    if (closing.signal.aborted) return;
    try {
      if (code === 'offset-out-of-range') {
        logger.error(
          { project: project.id, partition },
          'changes of profiles were lost: what was told of persons is void',
        );
        await injected(partition, loseChanges(await earliest(partition)));
      } else if (!(cause instanceof NotOwnedError))
        logger.warn({ err: cause, project: project.id, partition }, 'changes of profiles wait, and are tried again');
    } catch (error) {
      logger.warn({ err: error, project: project.id, partition }, 'changes of profiles wait, and are tried again');
    } finally {
      read.delete(partition);
    }
  };

  const begin = async (partition: number): Promise<void> => {
    let next: number | undefined;
    await injected(
      partition,
      askHowFar((known) => (next = known)),
    );
    reader.start(partition, next ?? (await earliest(partition)));
  };

  const look = async (): Promise<void> => {
    const mine = new Set(isAsked() ? owned() : []);
    for (const partition of [...read]) {
      if (mine.has(partition)) continue;
      await reader.stop(partition);
      read.delete(partition);
    }
    for (const partition of mine) {
      if (read.has(partition)) continue;
      read.add(partition);
      await begin(partition).catch((error: unknown) => {
        read.delete(partition);
        if (!(error instanceof NotOwnedError))
          logger.warn({ err: error, project: project.id, partition }, 'changes of profiles wait, and are tried again');
      });
    }
  };
  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= look()
      .catch((error: unknown) => logger.warn({ err: error, project: project.id }, 'changes of profiles wait'))
      .finally(() => (looking = undefined));
  }, LOOK_EVERY_MS);

  return {
    async close() {
      clearInterval(timer);
      closing.abort();
      await looking;
      await reader.close();
    },
  };
}
