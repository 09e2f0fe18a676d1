import type { Segment } from '@hermes/contracts/profile-segment';
import { compileCondition } from '../condition.ts';
import { FEATURE_FACT, type FeatureLookup } from '../feature-fact.ts';
import { featuresAsked } from '../features-named.ts';
import { TRUE } from '../verdict.ts';

/** A segment ready to be asked of profiles. */
export interface CompiledSegment {
  readonly id: string;
  readonly version: number;
  readonly definition: Segment;
  /** Ids of the features that it names. */
  readonly features: readonly string[];
  /** Whether a subject of whom these are the features is in it. What cannot be decided is not. */
  has(subject: string, feature: FeatureLookup): boolean;
}

/** @throws Error for a segment that `checkSegment` refuses */
export function compileSegment(definition: Segment): CompiledSegment {
  const { id, version, entity, condition } = definition;
  const compiled = compileCondition(condition);
  return {
    id,
    version,
    definition,
    features: [...new Set(featuresAsked(condition).map((feature) => feature.id))],
    has: (subject, feature) =>
      (entity === undefined || subject.startsWith(`${entity}:`)) && compiled.test({ [FEATURE_FACT]: feature }) === TRUE,
  };
}

/** A profile came into a segment, or went out of it. */
export interface MembershipChange {
  readonly segment: string;
  /** Of the segment that says so; of one that is gone, the version that it was in. */
  readonly version: number;
  readonly isIn: boolean;
}

/** A project's segments, by id. */
export class SegmentSet {
  readonly all: readonly CompiledSegment[];
  /** The same for the same versions of the same segments: who was decided on by another has to be decided on again. */
  readonly revision: string;
  /** Ids of all features that they name. */
  readonly features: ReadonlySet<string>;

  /** @throws Error for a segment that `checkSegment` refuses */
  constructor(segments: readonly Segment[]) {
    this.all = segments.map(compileSegment).sort((a, b) => (a.id < b.id ? -1 : 1));
    this.revision = this.all.map(({ id, version }) => `${id} ${version}`).join();
    this.features = new Set(this.all.flatMap(({ features }) => features));
  }

  /** In which of them a subject is, with the version that says so. */
  membershipsOf(subject: string, feature: FeatureLookup): ReadonlyMap<string, number> {
    return new Map(
      this.all.filter((segment) => segment.has(subject, feature)).map(({ id, version }) => [id, version] as const),
    );
  }
}

/** What is different between two sets of memberships, by id. A newer version that says the same is no difference. */
export function membershipChanges(
  before: ReadonlyMap<string, number>,
  now: ReadonlyMap<string, number>,
): readonly MembershipChange[] {
  const changes: MembershipChange[] = [];
  for (const [segment, version] of now) if (!before.has(segment)) changes.push({ segment, version, isIn: true });
  for (const [segment, version] of before) if (!now.has(segment)) changes.push({ segment, version, isIn: false });
  return changes.sort((a, b) => (a.segment < b.segment ? -1 : 1));
}
