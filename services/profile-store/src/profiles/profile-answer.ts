import { createHash } from 'node:crypto';
import type { Profile, ProfileFeatures } from '@hermes/contracts/profile';
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

/** The tag of an answer's text: the same answer always has the same. */
export const etagOf = (body: string): string => `"${createHash('sha1').update(body).digest('base64url')}"`;
