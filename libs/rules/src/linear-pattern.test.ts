import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linearPattern, UnusablePattern } from './linear-pattern.ts';

test.each([
  ['^(a+)+$', `${'a'.repeat(10_000)}!`],
  ['^(a|a)*$', `${'a'.repeat(10_000)}!`],
  ['(x+x+)+y$', `${'x'.repeat(10_000)}z`],
  ['^([\\w.-]+)+@$', `${'a.'.repeat(5_000)}!`],
])('%s, for ever with a backtracking engine, answers at once', (pattern, text) => {
  const compiled = linearPattern(pattern);
  const beganMs = performance.now();
  expect(compiled.test(text)).toBe(false);
  expect(performance.now() - beganMs).toBeLessThan(1_000);
});

test.each([
  '(?=a)b',
  '(?!a)b',
  '(?<=a)b',
  '(?<!a)b',
  '(a)\\1',
  '(?<n>a)\\k<n>',
  'a{1001}',
  '((a{1,999}){1,999})',
  '[\\S]',
])('%s, which cannot run in linear time, is refused with what to do', (pattern) =>
  expect(() => linearPattern(pattern)).toThrow(/is not supported .*do without look-around/),
);

test.each(['(', '[a', 'a**', '\\-', '(?i)a'])('%s, which is no regular expression, is refused', (pattern) =>
  expect(() => linearPattern(pattern)).toThrow(UnusablePattern),
);

describe('the meaning is that of ECMAScript', () => {
  const texts = [
    '',
    'a',
    'ab',
    'A1',
    '1.00',
    '0',
    ' ',
    '\u3000',
    '\u00a0',
    '\ufeff',
    '\u180e',
    '\n',
    '\r',
    '\u2028',
    'a\nb',
    '\v',
  ];
  const more = [
    '\u4e2d',
    '\u4e2d\u6587',
    '\u{1F600}',
    '[',
    ']',
    '.',
    '-',
    '\\',
    '/',
    '_',
    '\u00e9',
    '$',
    '\u0001',
    'k<n>',
    's',
    'a-b',
  ];
  test.each([
    '^(0|[1-9]\\d{0,12})\\.\\d{2}$',
    '^.$',
    '^.*$',
    '^[.]$',
    '^\\s$',
    '^[\\s]$',
    '^[^\\s]$',
    '^\\S$',
    '^\\S+$',
    '^[[]$',
    '^[\\]]$',
    '^[\\[.\\]]$',
    '^[^]$',
    '^\\p{Script=Han}+$',
    '^[\\p{sc=Han}a]+$',
    '^\\P{L}$',
    '^\\p{Lu}',
    '^[\\u4e00-\\u9fff]+$',
    '^\\u{1F600}$',
    '^\\uD83D\\uDE00$',
    '^\\w+$',
    '^[\\w-]+$',
    '\\bb',
    '^\\cA$',
    '^\\\\$',
    '^\\/$',
    '(?<n>a)b?',
    '^(?:a|)$',
    '^\\\\k<n>|k<n>$',
    '$',
    '',
  ])('of %s', (pattern) => {
    const ours = linearPattern(pattern);
    const native = new RegExp(pattern, 'u');
    for (const text of [...texts, ...more]) expect([text, ours.test(text)]).toEqual([text, native.test(text)]);
  });

  test('of any character class and repetition', () => {
    const atom = fc.constantFrom(
      'a',
      'b',
      '\\d',
      '\\s',
      '.',
      '[a-c]',
      '[^b]',
      '[^\\s1]',
      '\\S',
      '\\w',
      '\u4e2d',
      '\\.',
    );
    const piece = fc.tuple(atom, fc.constantFrom('', '?', '*', '+', '{1,3}', '*?')).map((parts) => parts.join(''));
    const pattern = fc
      .tuple(fc.constantFrom('', '^'), fc.array(piece, { maxLength: 5 }), fc.constantFrom('', '$'))
      .map(([from, pieces, to]) => from + pieces.join('') + to);
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', '1', ' ', '\n', '\u2028', '\u3000', '.', '\u4e2d'),
      maxLength: 8,
    });
    fc.assert(
      fc.property(
        pattern,
        text,
        (source, value) => linearPattern(source).test(value) === new RegExp(source, 'u').test(value),
      ),
      { numRuns: 300 },
    );
  });
});
