import { RE2JS } from 're2js';
import type { Value } from '../../values/data-type.ts';
import { array, BOOLEAN, INT, STRING } from '../../values/types.ts';
import { strict, type Parameter, type Signature } from '../define.ts';
import type { ScalarFunction } from '../signature.ts';

/**
 * Regular expressions run in time linear in the text, whatever the pattern (RE2): patterns come from the teams' SQL and from data, and a job must not
 * hang on one. What RE2 has not (look-around, references to groups, possessive repetitions) is an invalid pattern here, though Java takes it.
 */
const remembered = new Map<string, RE2JS | undefined>();

/** `undefined` for a pattern that is not valid. The last thousand patterns are kept. */
export function compiledRegex(pattern: string): RE2JS | undefined {
  if (remembered.has(pattern)) return remembered.get(pattern);
  if (remembered.size > 1000) remembered.clear();
  let regex: RE2JS | undefined;
  try {
    regex = RE2JS.compile(pattern.replaceAll('(?<', '(?P<').replaceAll(/\(\?P<([=!])/g, '(?<$1'));
  } catch {
    regex = undefined;
  }
  remembered.set(pattern, regex);
  return regex;
}

/** All texts of a group, one for each match. */
function allMatches(text: string, regex: RE2JS, group: number): Value[] {
  const matcher = regex.matcher(text);
  const found: Value[] = [];
  while (matcher.find()) found.push(matcher.group(group) ?? null);
  return found;
}

/** Flink puts the replacement in as it stands: $1 has no meaning. */
function regexpReplace(text: string, pattern: string, replacement: string): Value {
  const regex = compiledRegex(pattern);
  if (regex === undefined) return null;
  const matcher = regex.matcher(text);
  let replaced = '';
  let from = 0;
  while (matcher.find()) {
    replaced += text.slice(from, matcher.start()) + replacement;
    from = matcher.end();
  }
  return replaced + text.slice(from);
}

function regexpExtract(text: string, pattern: string, group = 0): Value {
  const regex = compiledRegex(pattern);
  if (regex === undefined || group < 0 || group > regex.groupCount()) return null;
  const matcher = regex.matcher(text);
  return matcher.find() ? (matcher.group(group) ?? null) : null;
}

function regexpExtractAll(text: string, pattern: string, group: number | bigint = 1): Value {
  const regex = compiledRegex(pattern);
  if (regex === undefined || group < 0 || group > regex.groupCount()) return null;
  return allMatches(text, regex, Number(group));
}

const firstMatch = (text: string, pattern: string): { at: number; text: string } | null | undefined => {
  const regex = compiledRegex(pattern);
  if (regex === undefined) return undefined;
  const matcher = regex.matcher(text);
  return matcher.find() ? { at: matcher.start(), text: matcher.group() ?? '' } : null;
};

const two: readonly Parameter[] = ['text', 'text'];
const maybe = (result: Signature['result'], optional: readonly Parameter[] = []): Signature => ({
  required: two,
  optional,
  result,
  nullable: 'always',
});

export const REGEX: readonly ScalarFunction[] = [
  strict(
    'string',
    'REGEXP',
    'REGEXP(text, pattern)',
    { required: two, result: BOOLEAN },
    (text: string, pattern: string) =>
      pattern === '' ? false : (compiledRegex(pattern)?.matcher(text).find() ?? false),
  ),
  strict(
    'string',
    'REGEXP_REPLACE',
    'REGEXP_REPLACE(text, pattern, replacement)',
    { required: ['text', 'text', 'text'], result: STRING },
    regexpReplace,
  ),
  strict('string', 'REGEXP_EXTRACT', 'REGEXP_EXTRACT(text, pattern[, group])', maybe(STRING, ['int']), regexpExtract),
  strict(
    'string',
    'REGEXP_EXTRACT_ALL',
    'REGEXP_EXTRACT_ALL(text, pattern[, group])',
    maybe(array(STRING), ['bigint']),
    regexpExtractAll,
  ),
  strict('string', 'REGEXP_COUNT', 'REGEXP_COUNT(text, pattern)', maybe(INT), (text: string, pattern: string) => {
    const regex = compiledRegex(pattern);
    return regex === undefined ? null : allMatches(text, regex, 0).length;
  }),
  strict('string', 'REGEXP_INSTR', 'REGEXP_INSTR(text, pattern)', maybe(INT), (text: string, pattern: string) => {
    const found = firstMatch(text, pattern);
    return found === undefined ? null : found === null ? 0 : found.at + 1;
  }),
  strict(
    'string',
    'REGEXP_SUBSTR',
    'REGEXP_SUBSTR(text, pattern)',
    maybe(STRING),
    (text: string, pattern: string) => firstMatch(text, pattern)?.text ?? null,
  ),
];
