import { createHash } from 'node:crypto';
import type { ProjectRecord } from '@hermes/contracts/control';
import { partitionOf } from '@hermes/contracts/partitioning';
import { type Profile } from '@hermes/contracts/profile';
import { decodeProfileState } from '@hermes/profiles/profile-codec';
import { profileView } from '@hermes/profiles/profile-view';
import { stateKey } from '@hermes/stream-runtime/state-keys';
import type { Redis } from 'ioredis';
import { PROFILE_JOB } from '../processing/profile.logic.ts';

export type ReadProfile =
  | { readonly kind: 'ok'; readonly profile: Profile; readonly etag: string }
  /** Redis does not answer: nothing is known about the subject, not even that it is unknown. */
  | { readonly kind: 'unavailable'; readonly cause: unknown };

/** Reads profiles where the processor keeps them: one GET, no coordination with it. */
export class ProfilesRepository {
  private readonly redis: Redis;
  /** @param redis - without an offline queue: a reader is better served by a 503 at once than by waiting for a connection */
  constructor(redis: Redis) {
    this.redis = redis;
  }

  /** @throws ProfileCodecError for a state of another version: a defect, never an empty profile */
  async read(project: Pick<ProjectRecord, 'id' | 'partitions'>, subject: string): Promise<ReadProfile> {
    let bytes: Buffer | null;
    try {
      bytes = await this.redis.getBuffer(
        stateKey(PROFILE_JOB, project.id, partitionOf(subject, project.partitions), subject),
      );
    } catch (cause) {
      return { kind: 'unavailable', cause };
    }
    const state = bytes === null ? undefined : decodeProfileState(bytes);
    // The same profile always has the same bytes; the view's version is part of the tag, as a new view answers differently.
    const digest = createHash('sha1')
      .update(bytes ?? '')
      .digest('base64url');
    return { kind: 'ok', profile: profileView(project.id, subject, state), etag: `"1-${digest}"` };
  }
}
