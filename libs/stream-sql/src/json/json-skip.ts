import { isUtf8, type Buffer } from 'node:buffer';

const MAX_DEPTH = 500;

/**
 * The end of the JSON value that begins at `at` (blanks before it are not taken), or -1 where none stands. Every byte is checked
 * (RFC 8259), as if the value were read.
 */
export function skipJson(bytes: Buffer, at: number, depth = 0): number {
  const c = bytes[at]!;
  if (c === 34) return stringEnd(bytes, at + 1);
  if (c === 123) return skipMembers(bytes, at + 1, depth + 1);
  if (c === 91) return skipElements(bytes, at + 1, depth + 1);
  if (c === 110) return word(bytes, at, 'null');
  if (c === 116) return word(bytes, at, 'true');
  if (c === 102) return word(bytes, at, 'false');
  return numberEnd(bytes, at);
}

/** As `skipJson`, faster for plain texts and whole numbers; `view` is of the same bytes. */
export function skipMember(bytes: Buffer, view: DataView, at: number): number {
  const c = bytes[at]!;
  if (c === 34) {
    const end = plainEnd(bytes, view, at + 1);
    return bytes[end] === 34 ? end + 1 : stringEnd(bytes, at + 1);
  }
  if (c > 48 && c <= 57) {
    let end = at + 1;
    let d = bytes[end]!;
    while (d >= 48 && d <= 57) d = bytes[++end]!;
    return d === 44 || d === 125 ? end : numberEnd(bytes, at);
  }
  return skipJson(bytes, at);
}

/** Where the run of plain text (ASCII without quotes, backslashes and control characters) that begins at `from` ends, looking at four bytes at once. */
export function plainEnd(bytes: Buffer, view: DataView, from: number): number {
  const last = view.byteLength - 4;
  let at = from;
  while (at <= last) {
    const four = view.getInt32(at, true);
    const quotes = four ^ 0x22222222;
    const backslashes = four ^ 0x5c5c5c5c;
    // The highest bit of a byte is set where it is the one looked for, below 32, or not ASCII; a byte above one that is may be wrong.
    const found =
      four | ((quotes - 0x01010101) & ~quotes) | ((backslashes - 0x01010101) & ~backslashes) | (four - 0x20202020);
    if ((found & 0x80808080) !== 0) break;
    at += 4;
  }
  let c = bytes[at]!;
  while (c !== 34 && c !== 92 && c > 31 && c < 128) c = bytes[++at]!;
  return at;
}

function word(bytes: Buffer, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return -1;
  return at + text.length;
}

function blanks(bytes: Buffer, at: number): number {
  let c = bytes[at];
  while (c === 32 || c === 10 || c === 13 || c === 9) c = bytes[++at];
  return at;
}

function skipMembers(bytes: Buffer, from: number, depth: number): number {
  if (depth > MAX_DEPTH) return -1;
  let at = blanks(bytes, from);
  if (bytes[at] === 125) return at + 1;
  for (;;) {
    if (bytes[at] !== 34) return -1;
    at = stringEnd(bytes, at + 1);
    if (at < 0) return -1;
    at = blanks(bytes, at);
    if (bytes[at] !== 58) return -1;
    at = skipJson(bytes, blanks(bytes, at + 1), depth);
    if (at < 0) return -1;
    at = blanks(bytes, at);
    if (bytes[at] === 125) return at + 1;
    if (bytes[at] !== 44) return -1;
    at = blanks(bytes, at + 1);
  }
}

function skipElements(bytes: Buffer, from: number, depth: number): number {
  if (depth > MAX_DEPTH) return -1;
  let at = blanks(bytes, from);
  if (bytes[at] === 93) return at + 1;
  for (;;) {
    at = skipJson(bytes, at, depth);
    if (at < 0) return -1;
    at = blanks(bytes, at);
    if (bytes[at] === 93) return at + 1;
    if (bytes[at] !== 44) return -1;
    at = blanks(bytes, at + 1);
  }
}

/** After the closing quote of a string whose first character is at `from`. */
function stringEnd(bytes: Buffer, from: number): number {
  let at = from;
  let beyondAscii = 0;
  for (;;) {
    const c = bytes[at];
    if (c === undefined || c < 32) return -1;
    if (c === 34) break;
    if (c === 92) {
      const end = escapeEnd(bytes, at + 1);
      if (end < 0) return -1;
      at = end;
      continue;
    }
    beyondAscii |= c;
    at++;
  }
  return beyondAscii < 128 || isUtf8(bytes.subarray(from, at)) ? at + 1 : -1;
}

function escapeEnd(bytes: Buffer, at: number): number {
  const c = bytes[at];
  if (c === 117) {
    for (let i = 1; i <= 4; i++) if (!isHex(bytes[at + i])) return -1;
    return at + 5;
  }
  return c === 34 || c === 92 || c === 47 || c === 98 || c === 102 || c === 110 || c === 114 || c === 116 ? at + 1 : -1;
}

const isHex = (c: number | undefined): boolean =>
  c !== undefined && ((c >= 48 && c <= 57) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102));

const isDigit = (c: number | undefined): boolean => c !== undefined && c >= 48 && c <= 57;

function digitsEnd(bytes: Buffer, at: number): number {
  if (!isDigit(bytes[at])) return -1;
  while (isDigit(bytes[at])) at++;
  return at;
}

function numberEnd(bytes: Buffer, from: number): number {
  let at = bytes[from] === 45 ? from + 1 : from;
  at = bytes[at] === 48 ? at + 1 : digitsEnd(bytes, at);
  if (at < 0) return -1;
  if (bytes[at] === 46) {
    at = digitsEnd(bytes, at + 1);
    if (at < 0) return -1;
  }
  if (bytes[at] === 101 || bytes[at] === 69) {
    at++;
    if (bytes[at] === 43 || bytes[at] === 45) at++;
    at = digitsEnd(bytes, at);
  }
  return at;
}

/** The closing quote of a string without escapes whose first character is at `from`, or -1. */
export function utf8End(bytes: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const c = bytes[at];
    if (c === undefined || c < 32 || c === 92) return -1;
    if (c === 34) return isUtf8(bytes.subarray(from, at)) ? at : -1;
    at++;
  }
}
