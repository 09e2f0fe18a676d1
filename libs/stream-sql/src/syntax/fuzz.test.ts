import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STATEMENTS } from '../testing/accepted-sql.ts';
import { parseScript } from './parse.ts';
import { RESERVED_WORDS } from './reserved-words.ts';

const WORDS = [
  ...RESERVED_WORDS,
  'a',
  'KEY',
  'METADATA',
  'DESCRIPTOR',
  'MAP',
  'TUMBLE',
  'NULLS',
  'FIRST',
  'PRECEDING',
  'ORDINALITY',
  'IF',
  'PLAN',
];
const SYMBOLS = [
  '(',
  ')',
  ',',
  ';',
  '.',
  '+',
  '-',
  '*',
  '/',
  '%',
  '=',
  '<>',
  '<',
  '>',
  '[',
  ']',
  '||',
  '=>',
  '/*+',
  '*/',
  '?',
  ':',
  '{',
  '}',
  '"',
  "'",
  '`',
];
const LITERALS = [
  '1',
  '1.5',
  '1E5',
  "'x'",
  "X'00'",
  "X'0",
  "U&'\\0041'",
  "U&'\\",
  "E'\\n'",
  "E'\\",
  '`q`',
  '``',
  '--',
  '/*',
  '\n',
  '\u0000',
  '😀',
  '\ud800',
  '漢',
];

const token = fc.oneof(fc.constantFrom(...WORDS), fc.constantFrom(...SYMBOLS), fc.constantFrom(...LITERALS));

/** Never throws; each problem stands within the text and says something. */
function check(text: string): void {
  const { problems } = parseScript(text);
  const lines = text.split('\n');
  for (const { line, column, endLine, endColumn, message } of problems) {
    expect(message).not.toBe('');
    expect(line).toBeGreaterThan(0);
    expect(line).toBeLessThanOrEqual(endLine);
    expect(endLine).toBeLessThanOrEqual(lines.length);
    expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 1);
    expect(endColumn).toBeLessThanOrEqual(lines[endLine - 1]!.length + 1);
    if (line === endLine) expect(column).toBeLessThanOrEqual(endColumn);
  }
}

describe('no text makes the parser throw', () => {
  test('of words and symbols in any order', () => {
    fc.assert(
      fc.property(
        fc.array(token, { maxLength: 40 }).map((tokens) => tokens.join(' ')),
        check,
      ),
      { numRuns: 1_000 },
    );
  });

  test('of statements with a word taken out, put in or replaced', () => {
    const texts = STATEMENTS.map(([text]) => text.split(/(?<=\W)|(?=\W)/));
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.nat(),
        fc.option(token, { nil: '' }),
        fc.boolean(),
        (parts, at, word, replace) => {
          const index = at % parts.length;
          check([...parts.slice(0, index), ` ${word} `, ...parts.slice(replace ? index + 1 : index)].join(''));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('of statements that end too early', () => {
    for (const [text] of STATEMENTS) for (let end = 0; end < text.length; end++) check(text.slice(0, end));
  });

  test('of any characters', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), check), { numRuns: 1_000 });
  });
});
