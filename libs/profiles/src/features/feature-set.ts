import { Feature, FEATURE_STATUS_ID, FeatureStatus } from '@hermes/contracts/feature';
import { Segment, SEGMENT_MEMBER_PREFIX } from '@hermes/contracts/profile-segment';
import { SegmentSet } from '@hermes/rules/segments/segment-set';
import { type CompiledFeature, compileFeature, isRatio, valuePlace } from './compile-feature.ts';

/** Features of one group that look at one event type. */
export interface GroupFeatures {
  readonly group: string;
  readonly features: readonly CompiledFeature[];
}

/** A feature of which an answer is given: counted, or divided from two that are. */
export type AnsweredFeature =
  | { readonly kind: 'counted'; readonly feature: CompiledFeature }
  | {
      readonly kind: 'ratio';
      readonly feature: Feature;
      readonly numerator: CompiledFeature;
      readonly denominator: CompiledFeature;
    };

/** A project's features as one definition set has them; immutable. */
export interface FeatureSet {
  /** Number of the set; 0 before the first. */
  readonly number: number;
  /** Every version that counts, also one that is still being filled. */
  readonly bySlot: ReadonlyMap<number, CompiledFeature>;
  /** Features of the event's subject, by event type. */
  ofSubject(eventType: string): readonly GroupFeatures[];
  /** Features of another key, by event type. */
  keyed(eventType: string): readonly CompiledFeature[];
  /** The same by group, for the processor that counts them. */
  keyedByGroup(eventType: string): readonly GroupFeatures[];
  /** What is answered, by feature id. */
  readonly answered: ReadonlyMap<string, AnsweredFeature>;
  /** Slots whose changes somebody has subscribed to. */
  readonly subscribed: ReadonlySet<number>;
  /** Every group in which a subject may have a value, of features that are counted no more too. */
  readonly groups: ReadonlySet<string>;
  readonly segments: CountedSegments;
  /** Whether there is a segment, or was one. */
  readonly hasSegments: boolean;
}

/** Segments, and where what they name is counted. */
export interface CountedSegments {
  readonly set: SegmentSet;
  /** Events of these may change a feature that a segment names. */
  readonly types: ReadonlySet<string>;
  /** Of the features that they name. */
  readonly groups: readonly string[];
  /** What they may ask for: features of the subject itself. */
  readonly answered: ReadonlyMap<string, AnsweredFeature>;
}

const NONE: readonly never[] = [];

function byPlace(a: CompiledFeature, b: CompiledFeature): number {
  const [first, second] = [valuePlace(a), valuePlace(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}

function byType(features: readonly CompiledFeature[]): Map<string, CompiledFeature[]> {
  const map = new Map<string, CompiledFeature[]>();
  for (const feature of features.toSorted(byPlace)) {
    for (const type of new Set(feature.types)) {
      const list = map.get(type);
      if (list === undefined) map.set(type, [feature]);
      else list.push(feature);
    }
  }
  return map;
}

function grouped(features: readonly CompiledFeature[]): readonly GroupFeatures[] {
  const groups = new Map<string, CompiledFeature[]>();
  for (const feature of features) {
    const list = groups.get(feature.group);
    if (list === undefined) groups.set(feature.group, [feature]);
    else list.push(feature);
  }
  return [...groups].map(([group, list]) => ({ group, features: list }));
}

function groupedByType(features: readonly CompiledFeature[]): ReadonlyMap<string, readonly GroupFeatures[]> {
  return new Map([...byType(features)].map(([type, list]) => [type, grouped(list)]));
}

function answeredOf(
  features: readonly Feature[],
  bySlot: ReadonlyMap<number, CompiledFeature>,
  live: FeatureStatus['live'],
): ReadonlyMap<string, AnsweredFeature> {
  const isLive = ({ id, version }: Feature): boolean => live[id] === version;
  const counted = new Map(
    [...bySlot.values()].filter(({ feature }) => isLive(feature)).map((one) => [one.feature.id, one]),
  );
  const answered = new Map<string, AnsweredFeature>();
  for (const [id, feature] of counted) answered.set(id, { kind: 'counted', feature });
  for (const feature of features) {
    if (!isRatio(feature) || !isLive(feature)) continue;
    const [numerator, denominator] = [counted.get(feature.compute.numerator), counted.get(feature.compute.denominator)];
    if (numerator !== undefined && denominator !== undefined) {
      answered.set(feature.id, { kind: 'ratio', feature, numerator, denominator });
    }
  }
  return answered;
}

/** What is counted for it. */
const countedIn = (one: AnsweredFeature): readonly CompiledFeature[] =>
  one.kind === 'counted' ? [one.feature] : [one.numerator, one.denominator];

function countedSegments(
  segments: readonly Segment[],
  answered: ReadonlyMap<string, AnsweredFeature>,
): CountedSegments {
  const set = new SegmentSet(segments);
  const ofSubjects = new Map(
    [...answered].filter(([, one]) => countedIn(one).every(({ keyIn }) => keyIn === undefined)),
  );
  const counted = [...set.features].flatMap((id) => {
    const one = ofSubjects.get(id);
    return one === undefined ? [] : countedIn(one);
  });
  return {
    set,
    types: new Set(counted.flatMap(({ types }) => types)),
    groups: [...new Set(counted.map(({ group }) => group))],
    answered: ofSubjects,
  };
}

/** @throws Error for a feature that `checkFeature` would refuse, or a segment that `checkSegment` would */
export function buildFeatureSet(
  number: number,
  features: readonly Feature[],
  status: FeatureStatus,
  segments: readonly Segment[] = [],
): FeatureSet {
  const compiled = features.filter((feature) => !isRatio(feature)).map(compileFeature);
  const bySlot = new Map(compiled.map((feature) => [feature.slot, feature]));
  const ofSubject = groupedByType(compiled.filter(({ keyIn }) => keyIn === undefined));
  const others = compiled.filter(({ keyIn }) => keyIn !== undefined);
  const keyed = byType(others);
  const keyedByGroup = groupedByType(others);
  const answered = answeredOf(features, bySlot, status.live);
  return {
    number,
    bySlot,
    ofSubject: (type) => ofSubject.get(type) ?? NONE,
    keyed: (type) => keyed.get(type) ?? NONE,
    keyedByGroup: (type) => keyedByGroup.get(type) ?? NONE,
    answered,
    subscribed: new Set(status.subscribed),
    groups: new Set([...compiled.map(({ group }) => group), ...(status.groups ?? [])]),
    segments: countedSegments(segments, answered),
    hasSegments: segments.length > 0 || status.segments === true,
  };
}

export const EMPTY_FEATURE_SET: FeatureSet = buildFeatureSet(0, [], { live: {}, subscribed: [] });

/** Features as they came over the topic. @throws Error when a member is none: then the set before stays in force */
export function featureSetOf(
  number: number,
  members: readonly { readonly id: string; readonly value: Buffer }[],
): FeatureSet {
  const features: Feature[] = [];
  const segments: Segment[] = [];
  let status: FeatureStatus = { live: {}, subscribed: [] };
  for (const { id, value } of members) {
    const json: unknown = JSON.parse(value.toString());
    if (id === FEATURE_STATUS_ID) status = FeatureStatus.parse(json);
    else if (id.startsWith(SEGMENT_MEMBER_PREFIX)) segments.push(Segment.parse(json));
    else features.push(Feature.parse(json));
  }
  return buildFeatureSet(number, features, status, segments);
}
