import { expect, test } from 'vitest';
import { RuleDraft } from './rule.ts';

const problemOf = (more: Readonly<Record<string, unknown>>): string | undefined =>
  RuleDraft.safeParse({
    name: 'Every deal',
    eventTypes: ['deal.signed'],
    conditions: { all: [] },
    event: { type: 'deal' },
    severity: 'info',
    ...more,
  }).error?.issues[0]?.message;

test.each<[string, Readonly<Record<string, unknown>>, string | undefined]>([
  ['none', {}, undefined],
  ['an owner', { owner: 'ann@example.org' }, undefined],
  ['an owner of 200 characters', { owner: 'a'.repeat(200) }, undefined],
  ['a longer one', { owner: 'a'.repeat(201) }, '<=200 characters'],
  ['an owner of spaces', { owner: '  ' }, '>=1 characters'],
  ['words of any language', { tags: ['deals', '北京', 'q3_2026', 'second-hand'] }, undefined],
  ['20 words', { tags: Array.from({ length: 20 }, (_, i) => `t${i}`) }, undefined],
  ['21 words', { tags: Array.from({ length: 21 }, (_, i) => `t${i}`) }, '<=20 items'],
  ['two words in one', { tags: ['big deals'] }, 'a tag is one word'],
  ['a word of 51 letters', { tags: ['a'.repeat(51)] }, 'a tag is one word'],
  ['a word twice', { tags: ['a', 'a'] }, 'each tag stands there once'],
])('owner and tags of a rule: %s', (_, more, message) => {
  if (message === undefined) expect(problemOf(more)).toBeUndefined();
  else expect(problemOf(more)).toContain(message);
});
