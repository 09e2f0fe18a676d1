import { SubjectState } from '@hermes/profiles/features/subject-state';
import type { StateCodec } from '@hermes/stream-runtime/logic';
import { FILL_MARK_VERSION, FillMark } from './fill-mark.ts';

/** The job that counts features of the event's subject, and the one that counts features of another key; in state keys and groups. */
export const PROFILE_JOB = 'profile-store';
export const KEYED_JOB = 'profile-store-keyed';
export type ProfileJob = typeof PROFILE_JOB | typeof KEYED_JOB;

/** The group that also holds the subject's activity. */
export const MAIN_GROUP = 'main';

/** State key of a subject's feature group. A subject has no blank, so the two cannot be mistaken. */
export const groupKey = (subject: string, group: string): string =>
  group === MAIN_GROUP ? subject : `${subject} ${group}`;

/** A value of a partition's state. */
export type ProfileValue = SubjectState | FillMark;

export const profileCodec: StateCodec<ProfileValue> = {
  encode: (value) => value.encode(),
  decode: (bytes) => (bytes[0] === FILL_MARK_VERSION ? FillMark.decode(bytes) : SubjectState.decode(bytes)),
  moved(value, bytes) {
    if (value instanceof SubjectState) value.movedTo(bytes);
  },
};

/** The subject's state under a key; undefined when there is none. @throws Error for a mark: keys of subjects hold none */
export function subjectIn(value: ProfileValue | undefined): SubjectState | undefined {
  if (value instanceof FillMark) throw new Error('a fill mark where a profile is expected');
  return value;
}

/** A value up to this size is written whole: it costs no more than its parts, and is quicker to read. */
const SMALL_BYTES = 4_096;

/**
 * Whether an update should be appended to the stored value rather than written with it: large values grow by small segments until these are
 * a quarter as much again.
 */
export const appends = ({ storedBytes, baseBytes }: SubjectState): boolean =>
  baseBytes > SMALL_BYTES && storedBytes - baseBytes < baseBytes / 4;
