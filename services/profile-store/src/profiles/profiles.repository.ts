import type { ProjectRecord } from '@hermes/contracts/control';
import { partitionOf } from '@hermes/contracts/partitioning';
import type { CompiledFeature } from '@hermes/profiles/features/compile-feature';
import { SubjectState } from '@hermes/profiles/features/subject-state';
import { stateKey } from '@hermes/stream-runtime/state-keys';
import { groupKey, MAIN_GROUP } from '@hermes/feature-counting/state-of-subject';
import { KEYED_JOB, PROFILE_JOB, type ProfileJob } from '../processing/profile-jobs.ts';
import type { Asked } from './asked-features.ts';
import type { GatheredValues, Wanted } from './gathered-values.ts';

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
  readonly places: readonly PlannedPlace[];
}

type PlannedPlace = Place & { readonly name: string; readonly entities: ReadonlySet<string> | undefined };

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

type Tenant = Pick<ProjectRecord, 'id' | 'partitions'>;

const kindOf = (subject: string): string => subject.slice(0, subject.indexOf(':'));

/** Values that this process has written itself and still has in memory. */
export interface ValuesInMemory {
  /** All of them, of one moment; undefined when one is not there, or not certain. */
  read(keys: readonly string[]): readonly Buffer[] | undefined;
}

/** Reads profiles where the processors keep them, without any coordination with them: in this process's memory, or else in Redis. */
export class ProfilesRepository {
  private readonly values: Pick<GatheredValues, 'get'>;
  private readonly memory: ValuesInMemory;
  private readonly plans = new WeakMap<Asked, Plan>();

  constructor(values: Pick<GatheredValues, 'get'>, memory: ValuesInMemory) {
    this.values = values;
    this.memory = memory;
  }

  /** Several profiles, in the order of the subjects. @throws ProfileCodecError for a value of another version: a defect, never an empty profile */
  async read(project: Tenant, subjects: readonly string[], asked: Asked): Promise<ReadProfiles> {
    const here = subjects.map((subject) => this.readHere(project, subject, asked));
    const there = await this.readStored(
      project,
      subjects.filter((_, i) => here[i] === undefined),
      asked,
    );
    if (there.kind === 'unavailable') return there;
    let at = 0;
    return { kind: 'ok', profiles: here.map((profile) => profile ?? there.profiles[at++]!) };
  }

  /** The profile if all of it is in memory. @throws ProfileCodecError as `read` */
  readHere(project: Tenant, subject: string, asked: Asked): StoredProfile | undefined {
    const { places } = this.planOf(asked);
    const values = this.memory.read(keysOf(project, subject, placesFor(places, subject)));
    return values && profileOf(subject, places, values);
  }

  /** As `read`, from Redis alone. */
  async readStored(project: Tenant, subjects: readonly string[], asked: Asked): Promise<ReadProfiles> {
    const { places } = this.planOf(asked);
    const wanted: Wanted[] = [];
    for (const subject of subjects) {
      const needed = placesFor(places, subject);
      const partition = String(partitionOf(subject, project.partitions));
      for (const [i, key] of keysOf(project, subject, needed).entries())
        wanted.push({ tag: `${needed[i]!.job} ${partition}`, key });
    }
    let values: readonly (Buffer | null)[];
    try {
      values = await this.values.get(wanted);
    } catch (cause) {
      return { kind: 'unavailable', cause };
    }
    let at = 0;
    const profiles = subjects.map((subject) => {
      const from = at;
      at += placesFor(places, subject).length;
      return profileOf(subject, places, values.slice(from, at));
    });
    return { kind: 'ok', profiles };
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

/** The places where a subject's part of the answer is; those of other kinds of subjects are left out. */
const placesFor = (places: Plan['places'], subject: string): Plan['places'] =>
  places.length === 1
    ? places
    : places.filter(({ entities }) => entities === undefined || entities.has(kindOf(subject)));

function keysOf(project: Tenant, subject: string, places: Plan['places']): string[] {
  const partition = partitionOf(subject, project.partitions);
  return places.map(({ job, group }) => stateKey(job, project.id, partition, groupKey(subject, group)));
}

/** @param values - of the subject's places, in their order */
function profileOf(subject: string, places: Plan['places'], values: readonly (Buffer | null)[]): StoredProfile {
  const states = new Map<string, SubjectState>();
  for (const [at, { name }] of placesFor(places, subject).entries()) {
    const bytes = values[at]!;
    if (bytes !== null) states.set(name, SubjectState.decode(bytes));
  }
  const main = states.get(MAIN_NAME);
  return {
    subject,
    main,
    known: main?.isSeen === true || [...states].some(([name, state]) => name !== MAIN_NAME && state.hasFeatures),
    stateOf: places.length === 1 ? () => main : (feature) => states.get(nameOf(placeOf(feature))),
  };
}
