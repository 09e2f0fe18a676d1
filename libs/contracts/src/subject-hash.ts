import { createHash } from 'node:crypto';

/** SHA-256 of a subject, hex: what remains of an erased subject, and the key of its record on `<project>.erasures`. */
export const subjectHash = (subject: string): string => createHash('sha256').update(subject).digest('hex');
