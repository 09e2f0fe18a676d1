import { createHash, randomBytes } from 'node:crypto';

/** A key's parts: the text is for its user only, id and hash are for everybody else. */
export interface KeyText {
  readonly id: string;
  readonly text: string;
  readonly sha256: string;
}

/** A new key `hk_<id>_<secret>`: 48 bits of id, 192 bits of secret, in hex so that a double click selects all of it. */
export function newKeyText(): KeyText {
  const id = randomBytes(6).toString('hex');
  const text = `hk_${id}_${randomBytes(24).toString('hex')}`;
  return { id, text, sha256: createHash('sha256').update(text).digest('hex') };
}
