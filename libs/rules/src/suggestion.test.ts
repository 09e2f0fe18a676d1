/** Guards: what is said of a mistyped word is one sentence, in whichever language and from wherever it is said. */
import { expect, test } from 'vitest';
import { adviceFor, suggest } from './suggestion.ts';

const KNOWN = ['deal.signed', 'showing.ended'];

test.each([
  ['deal.singed', KNOWN, 'did you mean "deal.signed"?', '是不是“deal.signed”？'],
  ['x', KNOWN, 'known: deal.signed, showing.ended', '已知的有：deal.signed、showing.ended'],
])('of "%s" the same is said in English and in Chinese', (word, known, en, zh) => {
  expect(adviceFor(word, known)).toEqual({ en, zh });
  expect([suggest(word, known), suggest(word, known, 'en'), suggest(word, known, 'zh')]).toEqual([en, en, zh]);
});

test('of hundreds of known words the first 30 are named', () => {
  const many = Array.from({ length: 300 }, (_, i) => `feature-${i}`);
  expect(suggest('x', many)).toMatch(/^known: feature-0, .*, feature-29, …$/u);
});
