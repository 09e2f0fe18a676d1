import { Profile, ProfileBatchAnswer, type ProfileFeatures } from '@hermes/contracts/profile';

/** A feature's value with the type that the application gives it. */
export interface TypedValue<V> {
  /** null when nothing has counted. */
  readonly value: V | null;
  readonly version: number;
  /** The events that count have `from <= time < to`, ISO 8601; null is without a bound. */
  readonly interval: { readonly from: string | null; readonly to: string | null };
  readonly unit?: string | undefined;
  readonly exact?: string | undefined;
  readonly bound?: number | undefined;
  readonly late?: number | undefined;
}

/** Feature id -> type of its value, as the application knows it. */
export type FeatureTypes = Readonly<Record<string, unknown>>;

/** Features of one subject. A feature is missing when the subject is not known. */
export interface TypedProfile<F> {
  readonly project: string;
  readonly subject: string;
  /** False when no event of this subject was ever seen: an answer, not a failure. */
  readonly known: boolean;
  readonly features: { readonly [id in keyof F & string]?: TypedValue<F[id]> };
}

const ANSWERED = ProfileBatchAnswer.shape.profiles.element;

/** The least that makes an answer a profile of this subject: `{}` from a proxy must not pass for a profile without events. */
function isAbout(subject: string, answer: unknown): answer is ProfileFeatures {
  if (typeof answer !== 'object' || answer === null) return false;
  const { subject: answered, known, features } = answer as Readonly<Record<string, unknown>>;
  return answered === subject && typeof known === 'boolean' && typeof features === 'object' && features !== null;
}

/** Reads the answer about `subject`; with `checked` every field against the contract. */
export function readFeatures<F>(subject: string, answer: unknown, checked: boolean): TypedProfile<F> | undefined {
  if (!isAbout(subject, answer) || (checked && !ANSWERED.safeParse(answer).success)) return undefined;
  // What type a value has is the caller's word; the contract says `unknown`.
  return answer as TypedProfile<F>;
}

/** Reads the answer to a read of the whole profile. */
export function readWhole(subject: string, answer: unknown, checked: boolean): Profile | undefined {
  if (!isAbout(subject, answer) || (checked && !Profile.safeParse(answer).success)) return undefined;
  const { counts, last } = answer as Partial<Profile>;
  return typeof counts === 'object' && typeof last === 'object' ? (answer as Profile) : undefined;
}

/** Reads a batch's answer: one profile for each subject, in their order. */
export function readBatch<F>(
  subjects: readonly string[],
  answer: unknown,
  checked: boolean,
): readonly TypedProfile<F>[] | undefined {
  const { profiles } = (answer ?? {}) as { readonly profiles?: unknown };
  if (!Array.isArray(profiles) || profiles.length !== subjects.length) return undefined;
  const read = subjects.map((subject, index) => readFeatures<F>(subject, profiles[index], checked));
  return read.every((profile) => profile !== undefined) ? read : undefined;
}
