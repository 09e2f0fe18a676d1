import { createHash, randomUUID } from 'node:crypto';
import { subjectHash } from '@hermes/contracts/subject-hash';

/** Longest name of a caller that stands in an id as it is. */
const PLAIN_NAME = 40;

const shortOf = (name: string): string =>
  name.length <= PLAIN_NAME ? name : createHash('sha256').update(name).digest('hex').slice(0, 32);

/**
 * The event id of a write of attributes. With a key it is a function of caller, subject and key, so that the same write sent again is
 * dropped as a repeat; the subject is part of it because repeats are recognized per partition. At most 256 characters, as any event id.
 */
export const writeId = (by: string, subject: string, idempotencyKey: string | undefined): string =>
  idempotencyKey === undefined ? randomUUID() : `${shortOf(by)}/${subjectHash(subject).slice(0, 12)}/${idempotencyKey}`;
