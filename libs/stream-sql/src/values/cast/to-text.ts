import { bytesOfText } from '../bytes.ts';
import type { CastContext, Convert } from '../cast.ts';
import { MAX_LENGTH, type DataType } from '../data-type.ts';
import { textFor } from '../text.ts';
import { isString, type LengthType } from '../types.ts';

/** The first `length` characters (code points), and for CHAR as many spaces as are missing. */
export function fitText(text: string, length: number, pad: boolean): string {
  // Not longer in UTF-16: no code point to lose.
  if (text.length <= length && !pad) return text;
  const points = Array.from(text);
  if (points.length > length) return points.slice(0, length).join('');
  return pad ? text + ' '.repeat(length - points.length) : text;
}

/** Casts of anything to CHAR and VARCHAR. */
export function toText(from: DataType, to: LengthType, { zone }: CastContext): Convert {
  const text = textFor(from, zone);
  if (to.kind === 'VARCHAR' && to.length === MAX_LENGTH) return text;
  const pad = to.kind === 'CHAR';
  return (value) => fitText(text(value), to.length, pad);
}

/** The first `length` bytes, and for BINARY as many zeros as are missing. */
export function fitBytes(bytes: Uint8Array, length: number, pad: boolean): Uint8Array {
  if (bytes.length === length || (bytes.length < length && !pad)) return bytes;
  if (bytes.length > length) return bytes.slice(0, length);
  const padded = new Uint8Array(length);
  padded.set(bytes);
  return padded;
}

/** Casts of texts and bytes to BINARY and VARBINARY. */
export function toBytes(from: DataType, to: LengthType): Convert {
  const pad = to.kind === 'BINARY';
  return isString(from)
    ? (value) => fitBytes(bytesOfText(value as string), to.length, pad)
    : (value) => fitBytes(value as Uint8Array, to.length, pad);
}
