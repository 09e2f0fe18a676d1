import type { Value } from '../../values/data-type.ts';
import { array, BOOLEAN, INT, STRING } from '../../values/types.ts';
import { strict, type Parameter, type Signature } from '../define.ts';
import type { ScalarFunction } from '../signature.ts';
import { compiledRegex, isMatch, matchesOf } from './regex.ts';

function regexpReplace(text: string, pattern: string, replacement: string): Value {
  const regex = compiledRegex(pattern);
  if (regex === undefined) return null;
  let replaced = '';
  let from = 0;
  // Flink puts the replacement in as it stands: $1 has no meaning.
  for (const { start, end } of matchesOf(text, regex)) {
    replaced += text.slice(from, start) + replacement;
    from = end;
  }
  return replaced + text.slice(from);
}

function regexpExtract(text: string, pattern: string, group = 0): Value {
  const regex = compiledRegex(pattern);
  if (regex === undefined || group < 0 || group > regex.groupCount) return null;
  return regex.find(text, 0)?.group(group) ?? null;
}

function regexpExtractAll(text: string, pattern: string, group: number | bigint = 1): Value {
  const regex = compiledRegex(pattern);
  if (regex === undefined || group < 0 || group > regex.groupCount) return null;
  return Array.from(matchesOf(text, regex), (match) => match.group(Number(group)));
}

function regexpCount(text: string, pattern: string): Value {
  const regex = compiledRegex(pattern);
  return regex === undefined ? null : [...matchesOf(text, regex)].length;
}

function regexpInstr(text: string, pattern: string): Value {
  const regex = compiledRegex(pattern);
  if (regex === undefined) return null;
  return (regex.find(text, 0)?.start ?? -1) + 1;
}

function regexp(text: string, pattern: string): Value {
  if (pattern === '') return false;
  const regex = compiledRegex(pattern);
  return regex !== undefined && isMatch(text, regex);
}

const two: readonly Parameter[] = ['text', 'text'];
const maybe = (result: Signature['result'], optional: readonly Parameter[] = []): Signature => ({
  required: two,
  optional,
  result,
  nullable: 'always',
});

export const REGEX: readonly ScalarFunction[] = [
  strict('string', 'REGEXP', 'REGEXP(text, pattern)', { required: two, result: BOOLEAN }, regexp),
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
  strict('string', 'REGEXP_COUNT', 'REGEXP_COUNT(text, pattern)', maybe(INT), regexpCount),
  strict('string', 'REGEXP_INSTR', 'REGEXP_INSTR(text, pattern)', maybe(INT), regexpInstr),
  strict('string', 'REGEXP_SUBSTR', 'REGEXP_SUBSTR(text, pattern)', maybe(STRING), (text: string, pattern: string) =>
    regexpExtract(text, pattern),
  ),
];
