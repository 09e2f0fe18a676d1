import { BOOLEAN } from '../../values/types.ts';
import { own, resolveBy, strict } from '../define.ts';
import { EvaluationError, type Argument, type ScalarFunction } from '../signature.ts';
import { compiledRegex, isMatch } from './regex.ts';

/** A pattern of LIKE in parts: texts, `%` (any characters) and `_` (one). */
type Part = string | typeof ANY | typeof ONE;
const ANY = Symbol('%');
const ONE = Symbol('_');

function partsOf(pattern: string, escape: string | undefined): Part[] {
  const parts: Part[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') parts.push(text);
    text = '';
  };
  const chars = Array.from(pattern);
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]!;
    const next = chars[at + 1];
    if (char === escape && (next === '%' || next === '_' || next === escape)) {
      text += next;
      at++;
    } else if (char === '%') {
      flush();
      if (parts.at(-1) !== ANY) parts.push(ANY);
    } else if (char === '_') {
      flush();
      parts.push(ONE);
    } else text += char;
  }
  flush();
  return parts;
}

/** Whether texts match a pattern; time is bounded by the product of the lengths, whatever the pattern. */
export function likeMatcher(pattern: string, escape: string | undefined): (text: string) => boolean {
  const parts = partsOf(pattern, escape);
  const [first, second, third] = parts;
  if (parts.length === 0) return (text) => text === '';
  if (parts.length === 1 && typeof first === 'string') return (text) => text === first;
  if (parts.length === 1 && first === ANY) return () => true;
  if (parts.length === 2 && typeof first === 'string' && second === ANY) return (text) => text.startsWith(first);
  if (parts.length === 2 && first === ANY && typeof second === 'string') return (text) => text.endsWith(second);
  if (parts.length === 3 && first === ANY && typeof second === 'string' && third === ANY)
    return (text) => text.includes(second);
  return (text) => matches(text, parts);
}

/** Goes back to the last `%` alone: what stands before it has matched as early as it can. */
function matches(text: string, parts: readonly Part[]): boolean {
  let [at, part] = [0, 0];
  let [backAt, backPart] = [-1, -1];
  for (;;) {
    const current = parts[part];
    if (current === ANY) {
      part++;
      [backAt, backPart] = [at, part];
      continue;
    }
    if (current === undefined && at === text.length) return true;
    if (typeof current === 'string' && text.startsWith(current, at)) {
      at += current.length;
      part++;
      continue;
    }
    if (current === ONE && at < text.length) {
      at += text.codePointAt(at)! > 0xffff ? 2 : 1;
      part++;
      continue;
    }
    if (backPart < 0 || backAt >= text.length) return false;
    backAt += text.codePointAt(backAt)! > 0xffff ? 2 : 1;
    [at, part] = [backAt, backPart];
  }
}

function escapeOf(escape: string | undefined): string | undefined {
  if (escape !== undefined && Array.from(escape).length !== 1)
    throw new EvaluationError('bad-escape', `the escape of LIKE is one character, not '${escape}'`);
  return escape;
}

const remembered = new Map<string, (text: string) => boolean>();
/** Patterns that come from data are compiled once each, the last thousand of them. */
function matcherOf(key: string, make: () => (text: string) => boolean): (text: string) => boolean {
  let matcher = remembered.get(key);
  if (matcher === undefined) {
    if (remembered.size > 1000) remembered.clear();
    matcher = make();
    remembered.set(key, matcher);
  }
  return matcher;
}

/** Flink's escape where none is written: a backslash in a pattern with `_`, none in others. */
const escapeWithout = (pattern: string): string | undefined => (pattern.includes('_') ? '\\' : undefined);

const literalText = (argument: Argument | undefined): string | undefined =>
  typeof argument?.literal === 'string' ? argument.literal : undefined;

const like: ScalarFunction = {
  ...strict(
    'comparison',
    'LIKE',
    'text LIKE pattern [ESCAPE character]',
    { required: ['text', 'text'], optional: ['text'], result: BOOLEAN },
    () => null,
  ),
  evaluate: ([, pattern, escape]) => {
    const text = literalText(pattern);
    // An empty pattern that is a constant matches every text in Flink.
    if (text === '' && escape === undefined) return own(() => true);
    if (text !== undefined && (escape === undefined || literalText(escape) !== undefined)) {
      const matcher = likeMatcher(text, escapeOf(literalText(escape)) ?? escapeWithout(text));
      return own((value: string) => matcher(value));
    }
    return own((value: string, by: string, mark?: string) =>
      matcherOf(`${mark ?? ''}\0${by}`, () => likeMatcher(by, escapeOf(mark) ?? '\\'))(value),
    );
  },
};

const CLASSES: Readonly<Record<string, string>> = {
  ALPHA: '\\p{L}',
  UPPER: '\\p{Lu}',
  LOWER: '\\p{Ll}',
  DIGIT: '\\d',
  SPACE: ' ',
  WHITESPACE: '\\s',
  ALNUM: '\\p{L}\\d',
};

/** A pattern of SIMILAR TO as a regular expression: `%` and `_` as in LIKE, the rest as it stands. */
export function similarToRegex(pattern: string, escape?: string): string {
  let regex = '';
  const chars = Array.from(pattern);
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]!;
    if (escape !== undefined && char === escape && at + 1 < chars.length) {
      at++;
      regex += /[\w\s]/.test(chars[at]!) ? chars[at]! : `\\${chars[at]!}`;
    } else if (char === '%') regex += '(?s:.*)';
    else if (char === '_') regex += '(?s:.)';
    else regex += char;
  }
  return regex.replaceAll(/\[:([A-Z]+):\]/gi, (found, name: string) => CLASSES[name.toUpperCase()] ?? found);
}

const similar: ScalarFunction = {
  name: 'SIMILAR TO',
  syntax: 'text SIMILAR TO pattern [ESCAPE character]',
  family: 'comparison',
  nulls: 'strict',
  resolve: resolveBy({ required: ['text', 'text'], optional: ['text'], result: BOOLEAN }),
  evaluate: () =>
    own((text: string, pattern: string, escape?: string) =>
      matcherOf(`similar\0${escape ?? ''}\0${pattern}`, () => {
        const regex = compiledRegex(`^(?:${similarToRegex(pattern, escapeOf(escape))})$`);
        if (regex === undefined) throw new EvaluationError('bad-pattern', `'${pattern}' is no pattern of SIMILAR TO`);
        return (value) => isMatch(value, regex);
      })(text),
    ),
};

export const LIKE: readonly ScalarFunction[] = [like, similar];
