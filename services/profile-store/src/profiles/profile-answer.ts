import type { Profile, ProfileFeatures } from '@hermes/contracts/profile';
import { featuresText } from '@hermes/profiles/features/feature-text';
import { featureValues } from '@hermes/profiles/features/feature-view';
import { activityView } from '@hermes/profiles/profile-view';
import type { Asked } from './asked-features.ts';
import type { StoredProfile } from './profiles.repository.ts';

/** The features of a profile at `nowMs`; none when the subject is unknown. */
export const profileFeatures = (
  project: string,
  { subject, known, stateOf }: StoredProfile,
  asked: Asked,
  nowMs: number,
): ProfileFeatures => ({ project, subject, known, features: known ? featureValues(asked, stateOf, nowMs) : {} });

/** The whole profile: the activity as well. */
export const wholeProfile = (project: string, stored: StoredProfile, asked: Asked, nowMs: number): Profile => ({
  ...activityView(stored.main?.activity),
  ...profileFeatures(project, stored, asked, nowMs),
});

/** JSON of `profileFeatures`. */
export const featuresJson = (
  project: string,
  { subject, known, stateOf }: StoredProfile,
  asked: Asked,
  nowMs: number,
): string =>
  `{"project":${JSON.stringify(project)},"subject":${JSON.stringify(subject)},"known":${String(known)},"features":${known ? featuresText(asked, stateOf, nowMs) : '{}'}}`;

/** JSON of `wholeProfile`. */
export const wholeJson = (project: string, stored: StoredProfile, asked: Asked, nowMs: number): string =>
  `${JSON.stringify(activityView(stored.main?.activity)).slice(0, -1)},${featuresJson(project, stored, asked, nowMs).slice(1)}`;
