import type { Profile, ProfileFeatures } from '@hermes/contracts/profile';
import { featuresText } from '@hermes/profiles/features/feature-text';
import { featureValues } from '@hermes/profiles/features/feature-view';
import { activityView } from '@hermes/profiles/profile-view';
import { memberOf, type ShownSegments } from '../segments/visible-segments.ts';
import type { Asked } from './asked-features.ts';
import type { StoredProfile } from './profiles.repository.ts';

/** What segments there are to be said; undefined: the answer says none. */
type Shown = ShownSegments | undefined;

const segmentsOf = ({ subject, main, stateOf }: StoredProfile, shown: ShownSegments, nowMs: number): string[] =>
  // Who has had no event is in no segment, whatever its condition says of nothing.
  main?.isSeen === true ? memberOf(shown, subject, stateOf, nowMs) : [];

/** The features of a profile at `nowMs`; none when the subject is unknown. */
export const profileFeatures = (
  project: string,
  stored: StoredProfile,
  asked: Asked,
  nowMs: number,
  shown?: Shown,
): ProfileFeatures => ({
  project,
  subject: stored.subject,
  known: stored.known,
  features: stored.known ? featureValues(asked, stored.stateOf, nowMs) : {},
  ...(shown === undefined ? {} : { segments: segmentsOf(stored, shown, nowMs) }),
});

/** The whole profile: the activity as well. */
export const wholeProfile = (
  project: string,
  stored: StoredProfile,
  asked: Asked,
  nowMs: number,
  shown?: Shown,
): Profile => ({
  ...activityView(stored.main?.activity),
  ...profileFeatures(project, stored, asked, nowMs, shown),
});

/** JSON of `profileFeatures`. */
export function featuresJson(
  project: string,
  stored: StoredProfile,
  asked: Asked,
  nowMs: number,
  shown?: Shown,
): string {
  const { subject, known, stateOf } = stored;
  const segments = shown === undefined ? '' : `,"segments":${JSON.stringify(segmentsOf(stored, shown, nowMs))}`;
  return `{"project":${JSON.stringify(project)},"subject":${JSON.stringify(subject)},"known":${String(known)},"features":${known ? featuresText(asked, stateOf, nowMs) : '{}'}${segments}}`;
}

/** JSON of `wholeProfile`. */
export const wholeJson = (project: string, stored: StoredProfile, asked: Asked, nowMs: number, shown?: Shown): string =>
  `${JSON.stringify(activityView(stored.main?.activity)).slice(0, -1)},${featuresJson(project, stored, asked, nowMs, shown).slice(1)}`;
