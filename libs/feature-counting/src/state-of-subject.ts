import { SubjectState } from '@hermes/profiles/features/subject-state';
import type { StateCodec, StepContext } from '@hermes/stream-runtime/logic';
import { FILL_MARK_VERSION, FillMark } from './fill-mark.ts';
import { SEGMENTS_TOLD_VERSION, SegmentsTold } from './segments-told.ts';

/** The group of features that name none; in profile-store it also holds the subject's activity. */
export const MAIN_GROUP = 'main';

/** State key of a subject's feature group. A subject has no blank, so the two cannot be mistaken. */
export const groupKey = (subject: string, group: string): string =>
  group === MAIN_GROUP ? subject : `${subject} ${group}`;

/** A value of a partition's state that features are counted in. */
export type ProfileValue = SubjectState | FillMark | SegmentsTold;

export const profileCodec: StateCodec<ProfileValue> = {
  encode: (value) => value.encode(),
  decode(bytes) {
    if (bytes[0] === FILL_MARK_VERSION) return FillMark.decode(bytes);
    return bytes[0] === SEGMENTS_TOLD_VERSION ? SegmentsTold.decode(bytes) : SubjectState.decode(bytes);
  },
  moved(value, bytes) {
    if (value instanceof SubjectState) value.movedTo(bytes);
  },
};

/** What counting needs of a partition's step, whatever else its state holds. */
export type CountingContext = Pick<StepContext<unknown, unknown>, 'get' | 'set' | 'append'>;

/** The subject's state under a key; undefined when there is none. @throws Error for anything else: keys of subjects hold nothing else */
export function subjectIn(value: unknown): SubjectState | undefined {
  if (value === undefined || value instanceof SubjectState) return value;
  throw new Error('something else where a profile is expected');
}

/** A value up to this size is written whole: it costs no more than its parts, and is quicker to read. */
const SMALL_BYTES = 4_096;

/**
 * Whether an update should be appended to the stored value rather than written with it: large values grow by small segments until these are
 * a quarter as much again.
 */
export const appends = ({ storedBytes, baseBytes }: SubjectState): boolean =>
  baseBytes > SMALL_BYTES && storedBytes - baseBytes < baseBytes / 4;
