import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unboundedRepetitions } from './plain-regex.ts';
import { compiledRegex, matchesOf } from './regex.ts';
import { RE2JS } from 're2js';

describe('regular expressions', () => {
  test.each([
    ['abc', 0],
    ['(&|^)channel_id=([^&]*)', 1],
    ['\\d+-\\d{2}', 1],
    ['a{1,100}', 1],
    ['[a-z]+@[a-z]+', 2],
    ['(a|b)c', 0],
    ['(a+)+b', undefined],
    ['(ab)*', undefined],
    ['a++', undefined],
    ['\\s', undefined],
    ['a.b', undefined],
    ['a$', undefined],
    ['(?=a)', undefined],
    ['[a&&b]', undefined],
    ['\\p{L}', undefined],
  ])('%s has %s repetitions without a bound, or is not plain', (pattern, count) => {
    expect(unboundedRepetitions(pattern)).toBe(count);
  });

  test('a plain pattern finds on the native engine what RE2 finds', () => {
    const patterns = [
      'a',
      'a+b',
      '(a|ab)(c|bcd)?',
      '[^a]*b',
      'a*?b',
      'a{2,3}',
      '(x)|(y)',
      '^a',
      '[ab]+',
      'b|^a+',
      '\\w+ ?\\d*',
    ].filter((pattern) => unboundedRepetitions(pattern) !== undefined);
    expect(patterns.length).toBeGreaterThan(7);
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', 'd', 'x', 'y', ' ', '1', '😀', '\n'),
      maxLength: 20,
    });
    for (const pattern of patterns) {
      fc.assert(
        fc.property(text, (subject) => {
          const ours = Array.from(matchesOf(subject, compiledRegex(pattern)!), (match) => [
            match.start,
            match.end,
            match.group(1),
          ]);
          const matcher = RE2JS.compile(`${pattern}|(zzz)`).matcher(subject);
          const theirs: unknown[] = [];
          while (matcher.find())
            theirs.push([matcher.start(), matcher.end(), pattern.includes('(') ? (matcher.group(1) ?? null) : null]);
          expect(ours).toEqual(theirs);
        }),
      );
    }
  });

  test.each(['(a+)+b', '(a|aa)+$', '[a]+[a]+[a]+[a]+b', '(.*)(.*)(.*)(.*)x'])(
    '%s takes no time on a long text',
    (pattern) => {
      const started = process.hrtime.bigint();
      expect(compiledRegex(pattern)!.find('a'.repeat(5000), 0)?.end).toBe(pattern === '(a|aa)+$' ? 5000 : undefined);
      expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(3000);
    },
  );
});
