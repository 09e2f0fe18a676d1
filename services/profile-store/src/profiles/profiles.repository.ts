import type { RedisOrCluster } from '@hermes/connectors/redis/client';
import type { ProjectRecord } from '@hermes/contracts/control';
import { partitionOf } from '@hermes/contracts/partitioning';
import type { CompiledFeature } from '@hermes/profiles/features/compile-feature';
import { SubjectState } from '@hermes/profiles/features/subject-state';
import { stateKey } from '@hermes/stream-runtime/state-keys';
import { groupKey, KEYED_JOB, MAIN_GROUP, PROFILE_JOB, type ProfileJob } from '../processing/state-of-subject.ts';
import type { Asked } from './asked-features.ts';

/** What is stored of one subject, as far as it was asked for. */
export interface StoredProfile {
  readonly subject: string;
  /** Whether an event of the subject, or of a feature that it is the key of, was ever seen (since an erasure). */
  readonly known: boolean;
  /** The main group's value, with the activity. */
  readonly main: SubjectState | undefined;
  stateOf(feature: CompiledFeature): SubjectState | undefined;
}

export type ReadProfiles =
  | { readonly kind: 'ok'; readonly profiles: readonly StoredProfile[] }
  /** Redis does not answer: nothing is known about the subjects, not even that they are unknown. */
  | { readonly kind: 'unavailable'; readonly cause: unknown };

/** Keys in one command at most, so that a large batch holds up nobody else's read. */
const KEYS_PER_COMMAND = 50;

/** Where a value is: in the state of which job, in which group. */
interface Place {
  readonly job: ProfileJob;
  readonly group: string;
}

const placeOf = ({ keyIn, group }: CompiledFeature): Place => ({
  job: keyIn === undefined ? PROFILE_JOB : KEYED_JOB,
  group,
});
const nameOf = ({ job, group }: Place): string => `${job} ${group}`;
const MAIN: Place = { job: PROFILE_JOB, group: MAIN_GROUP };
const MAIN_NAME = nameOf(MAIN);

/** The places that an answer needs, whatever the subject; `entities` are the kinds of subjects that a keyed place has. */
interface Plan {
  readonly places: readonly (Place & { readonly name: string; readonly entities: ReadonlySet<string> | undefined })[];
}

function planOf(asked: Asked): Plan {
  const places = new Map<string, Place & { entities: Set<string> | undefined }>([
    [MAIN_NAME, { ...MAIN, entities: undefined }],
  ]);
  const need = (feature: CompiledFeature): void => {
    const place = placeOf(feature);
    const { key } = feature.feature;
    const entity = key.kind === 'field' ? key.entity : undefined;
    const known = places.get(nameOf(place));
    if (known === undefined)
      places.set(nameOf(place), { ...place, entities: entity === undefined ? undefined : new Set([entity]) });
    else if (entity !== undefined) known.entities?.add(entity);
  };
  for (const [, feature] of asked) {
    if (feature.kind === 'counted') need(feature.feature);
    else {
      need(feature.numerator);
      need(feature.denominator);
    }
  }
  return { places: [...places].map(([name, place]) => ({ name, ...place })) };
}

const kindOf = (subject: string): string => subject.slice(0, subject.indexOf(':'));

/** Reads profiles where the processors keep them, without any coordination with them. */
export class ProfilesRepository {
  private readonly redis: () => RedisOrCluster | undefined;
  private readonly plans = new WeakMap<Asked, Plan>();

  /** @param redis - a client that fails at once while there is no connection; undefined before the first one */
  constructor(redis: () => RedisOrCluster | undefined) {
    this.redis = redis;
  }

  /** @throws ProfileCodecError for a value of another version: a defect, never an empty profile */
  async read(
    project: Pick<ProjectRecord, 'id' | 'partitions'>,
    subjects: readonly string[],
    asked: Asked,
  ): Promise<ReadProfiles> {
    const redis = this.redis();
    if (redis === undefined) return { kind: 'unavailable', cause: new Error('no connection yet') };
    const plan = this.planOf(asked);
    const wanted: { readonly tag: string; readonly key: string; readonly put: (bytes: Buffer | null) => void }[] = [];
    const profiles = subjects.map((subject) => {
      const partition = partitionOf(subject, project.partitions);
      const states = new Map<string, SubjectState>();
      for (const { name, job, group, entities } of plan.places) {
        if (entities !== undefined && !entities.has(kindOf(subject))) continue;
        wanted.push({
          tag: `${job} ${String(partition)}`,
          key: stateKey(job, project.id, partition, groupKey(subject, group)),
          put: (bytes) => void (bytes !== null && states.set(name, SubjectState.decode(bytes))),
        });
      }
      return { subject, states };
    });
    let found: readonly (Buffer | null)[];
    try {
      found = await valuesOf(redis, wanted);
    } catch (cause) {
      return { kind: 'unavailable', cause };
    }
    for (const [i, { put }] of wanted.entries()) put(found[i]!);
    return { kind: 'ok', profiles: profiles.map(({ subject, states }) => storedProfile(subject, states)) };
  }

  private planOf(asked: Asked): Plan {
    let plan = this.plans.get(asked);
    if (plan === undefined) {
      plan = planOf(asked);
      this.plans.set(asked, plan);
    }
    return plan;
  }
}

function storedProfile(subject: string, states: ReadonlyMap<string, SubjectState>): StoredProfile {
  const main = states.get(MAIN_NAME);
  return {
    subject,
    main,
    known: main?.isSeen === true || [...states].some(([name, state]) => name !== MAIN_NAME && state.hasFeatures),
    stateOf: (feature) => states.get(nameOf(placeOf(feature))),
  };
}

/** Values in the order of the keys: one by one where there is one, else together by what has one hash tag. */
async function valuesOf(
  redis: RedisOrCluster,
  wanted: readonly { readonly tag: string; readonly key: string }[],
): Promise<readonly (Buffer | null)[]> {
  if (wanted.length === 1) return [await redis.getBuffer(wanted[0]!.key)];
  const values: (Buffer | null)[] = new Array<Buffer | null>(wanted.length).fill(null);
  const byTag = new Map<string, number[]>();
  for (const [i, { tag }] of wanted.entries()) {
    const list = byTag.get(tag);
    if (list === undefined) byTag.set(tag, [i]);
    else list.push(i);
  }
  const commands: Promise<void>[] = [];
  for (const list of byTag.values()) {
    for (let at = 0; at < list.length; at += KEYS_PER_COMMAND) {
      const some = list.slice(at, at + KEYS_PER_COMMAND);
      const keys = some.map((i) => wanted[i]!.key);
      commands.push(redis.mgetBuffer(...keys).then((found) => some.forEach((i, at_) => (values[i] = found[at_]!))));
    }
  }
  await Promise.all(commands);
  return values;
}
