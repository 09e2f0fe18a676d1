import { RE2JS } from 're2js';
import { unboundedRepetitions } from './plain-regex.ts';

/**
 * Regular expressions of SQL, in Java's syntax, run in time that is bounded: patterns come from the teams' SQL and from data, and a job must
 * not hang on one. A plain pattern (see plain-regex.ts) runs on JavaScript's own engine, as fast as native code, on texts for which that cannot take long;
 * all others on RE2, whose time is linear in the text. What RE2 has not (look-around, references to groups, possessive repetition) is an
 * invalid pattern here, though Java takes it.
 */
export interface Regex {
  readonly groupCount: number;
  /** The first match at or after a place. */
  find(text: string, from: number): RegexMatch | undefined;
}

export interface RegexMatch {
  readonly start: number;
  readonly end: number;
  /** 0 is the whole; null for a group that is not part of the match. */
  group(number: number): string | null;
}

/** Steps that a backtracking engine may take for one call: about 10 ms. */
const MAX_STEPS = 1e6;
const remembered = new Map<string, Regex | undefined>();

/** `undefined` for a pattern that is not valid. The last thousand patterns are kept. */
export function compiledRegex(pattern: string): Regex | undefined {
  if (remembered.has(pattern)) return remembered.get(pattern);
  if (remembered.size > 1000) remembered.clear();
  const regex = compile(pattern);
  remembered.set(pattern, regex);
  return regex;
}

function compile(pattern: string): Regex | undefined {
  let linear: Regex;
  try {
    linear = re2(pattern);
  } catch {
    return undefined;
  }
  const repetitions = unboundedRepetitions(pattern);
  if (repetitions === undefined) return linear;
  const native = nativeRegex(pattern, linear.groupCount);
  // From each place of the text each repetition may try each length.
  const longest = Math.floor(MAX_STEPS ** (1 / (repetitions + 1)));
  return {
    groupCount: linear.groupCount,
    find: (text, from) => (text.length <= longest ? native : linear).find(text, from),
  };
}

function re2(pattern: string): Regex {
  const regex = RE2JS.compile(pattern.replaceAll(/\(\?<(?![=!])/g, '(?P<'));
  return {
    groupCount: regex.groupCount(),
    find: (text, from) => {
      const matcher = regex.matcher(text);
      if (!matcher.find(from)) return undefined;
      return { start: matcher.start(), end: matcher.end(), group: (number) => matcher.group(number) ?? null };
    },
  };
}

function nativeRegex(pattern: string, groupCount: number): Regex {
  const regex = new RegExp(pattern, 'gu');
  return {
    groupCount,
    find: (text, from) => {
      regex.lastIndex = from;
      const match = regex.exec(text);
      if (match === null) return undefined;
      return { start: match.index, end: match.index + match[0].length, group: (number) => match[number] ?? null };
    },
  };
}

/** All matches, one after another; after an empty one the search goes on a character further. */
export function* matchesOf(text: string, regex: Regex): Generator<RegexMatch> {
  let from = 0;
  while (from <= text.length) {
    const match = regex.find(text, from);
    if (match === undefined) return;
    yield match;
    from = match.end > match.start ? match.end : match.end + (text.codePointAt(match.end)! > 0xffff ? 2 : 1);
  }
}

/** Whether any part of the text matches. */
export const isMatch = (text: string, regex: Regex): boolean => regex.find(text, 0) !== undefined;
