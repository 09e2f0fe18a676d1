import type { EventType } from '@hermes/contracts/event-type';
import type { FeatureVersion, FeatureView, FeatureWarning } from '@hermes/contracts/feature-api';
import { catalogueWarnings } from '@hermes/profiles/features/catalogue-warnings';
import { draftOf, type FeatureRecord, newestOf, type VersionRecord } from './feature-record.ts';
import type { FillNotes } from './fill-notes.ts';
import { type PublishedFeature, ratioProblems } from './publish-check.ts';

const isoOrNull = (date: Date | null): string | null => date?.toISOString() ?? null;

/** What people are told of a feature beside what it is. */
export interface Surroundings {
  readonly catalogue: readonly EventType[];
  /** The newest versions of all features of the project. */
  readonly published: readonly PublishedFeature[];
  readonly notes: FillNotes;
}

function warningsOf(record: FeatureRecord, { catalogue, published }: Surroundings): readonly FeatureWarning[] {
  const newest = newestOf(record);
  const draft = record.draft ?? (newest === null ? null : draftOf(newest.feature));
  if (draft === null) return [];
  // A draft may name features that are published after it; publishing it refuses what is still wrong then.
  const parts = ratioProblems(record.id, draft, published).map(({ pointer, message }) => ({ pointer, message }));
  return [...parts, ...catalogueWarnings(draft, catalogue)];
}

function statusOf({ live, filling }: FeatureRecord): FeatureView['status'] {
  if (filling !== null) return 'filling';
  return live === null ? 'draft' : 'live';
}

function filledOf(live: VersionRecord | null): FeatureView['filled'] {
  if (live?.filled === undefined || live.filled === null || live.liveAt === null) return null;
  const { version, publishedAt } = live.feature;
  return { ...live.filled, version, since: publishedAt, liveAt: live.liveAt.toISOString() };
}

export function featureView(project: string, record: FeatureRecord, surroundings: Surroundings): FeatureView {
  const { id, draft, draftBy, draftAt, live } = record;
  const filling = record.filling?.feature;
  const note = filling === undefined ? undefined : surroundings.notes.read(project, filling.slot);
  return {
    id,
    status: statusOf(record),
    draft,
    draftBy,
    draftAt: isoOrNull(draftAt),
    published: live?.feature ?? null,
    filling:
      filling === undefined || note === undefined
        ? null
        : {
            version: filling.version,
            feature: filling,
            since: filling.publishedAt,
            reason: note.reason,
            partitions: [...note.partitions],
          },
    filled: filledOf(live),
    warnings: [...warningsOf(record, surroundings)],
  };
}

export const versionView = ({ feature, publishedBy, liveAt, replacedAt, filled }: VersionRecord): FeatureVersion => ({
  feature,
  publishedBy,
  liveAt: isoOrNull(liveAt),
  replacedAt: isoOrNull(replacedAt),
  filled,
});
