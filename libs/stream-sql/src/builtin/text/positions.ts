import type { Value } from '../../values/data-type.ts';
import { EvaluationError } from '../signature.ts';

/** Positions count code points from 1, as Flink's do. */
const hasSurrogates = /[\uD800-\uDFFF]/;

export function trimStart(text: string, characters: string): string {
  const set = new Set(Array.from(characters));
  let at = 0;
  for (const char of text) {
    if (!set.has(char)) break;
    at += char.length;
  }
  return text.slice(at);
}

export function trimEnd(text: string, characters: string): string {
  const set = new Set(Array.from(characters));
  const points = hasSurrogates.test(text) ? Array.from(text) : text;
  let end = points.length;
  while (end > 0 && set.has(points[end - 1]!)) end--;
  return typeof points === 'string' ? points.slice(0, end) : points.slice(0, end).join('');
}

/** From a position (from the end when negative), as Flink's SUBSTRING: NULL for a negative length, nothing beyond the text. */
export function substring(text: string, from: number, length?: number): Value {
  if (length !== undefined && length < 0) return null;
  const points = hasSurrogates.test(text) ? Array.from(text) : text;
  const start = from > 0 ? from - 1 : from < 0 ? points.length + from : 0;
  if (start < 0 || start >= points.length) return '';
  const part = points.slice(start, length === undefined ? undefined : start + length);
  return typeof part === 'string' ? part : part.join('');
}

/** Where `part` is in the text at or after a position; 0 when it is not. */
export function locate(part: string, text: string, from = 1): number {
  if (part === '') return 1;
  const start = from <= 1 ? 0 : unitOf(text, from - 1);
  const at = text.indexOf(part, start);
  return at < 0 || start > text.length ? 0 : pointOf(text, at) + 1;
}

/** The nth occurrence at or after a position; before it, backwards, when it is negative. */
export function instr(text: string, part: string, from = 1, nth = 1): number {
  if (from === 0 || nth < 1) return 0;
  let at = from > 0 ? unitOf(text, from - 1) - 1 : text.length + from + 1;
  for (let found = 0; found < nth; found++) {
    at = from > 0 ? text.indexOf(part, at + 1) : at <= 0 ? -1 : text.lastIndexOf(part, at - 1);
    if (at < 0) return 0;
  }
  return pointOf(text, at) + 1;
}

const unitOf = (text: string, points: number): number =>
  hasSurrogates.test(text) ? Array.from(text).slice(0, points).join('').length : points;
const pointOf = (text: string, units: number): number =>
  hasSurrogates.test(text) ? Array.from(text.slice(0, units)).length : units;

const loneSurrogates = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
/** Where Flink cuts between the two halves of a character, each becomes a question mark. */
export const wellFormed = (text: string): string => (text.isWellFormed() ? text : text.replaceAll(loneSurrogates, '?'));

/** Positions count units of UTF-16 here, as in Flink. A start outside the text changes nothing. */
export function overlay(text: string, other: string, start: number, length: number = other.length): string {
  if (start <= 0 || start > text.length) return text;
  const rest = length > 0 && start + length <= text.length ? text.slice(start - 1 + length) : '';
  return wellFormed(text.slice(0, start - 1) + other + rest);
}

/** To a length in units of UTF-16, as in Flink; NULL for a negative length or an empty padding. */
export function pad(text: string, length: number, by: string, left: boolean): Value {
  if (length < 0 || by === '') return null;
  if (text.length >= length) return wellFormed(text.slice(0, length));
  return wellFormed(left ? padding(by, length - text.length) + text : text + padding(by, length - text.length));
}

const padding = (by: string, length: number): string => repeated(by, Math.ceil(length / by.length)).slice(0, length);

/** Units of UTF-16 that a text made by counting may have: one more row of such would take the memory of its run. */
const MAX_MADE_LENGTH = 16_777_216;

/** The text so many times; none of it for a count below 1. Throws EvaluationError where the text would be longer than 16,777,216 units. */
export function repeated(text: string, count: number): string {
  if (count <= 0) return '';
  if (text.length * count > MAX_MADE_LENGTH)
    throw new EvaluationError(
      'too-long',
      `a text of ${text.length * count} characters is too long: at most ${MAX_MADE_LENGTH}`,
    );
  return text.repeat(count);
}
