import { expect, test } from 'vitest';
import { languageOf } from './language.ts';

test.each<[string | undefined, string]>([
  [undefined, 'en'],
  ['', 'en'],
  ['zh', 'zh'],
  ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
  ['en-GB,en;q=0.9,zh;q=0.8', 'en'],
  ['fr, zh;q=0.3', 'zh'],
  ['en;q=0.2, ZH-hant-TW;q=0.7', 'zh'],
  ['zh;q=0, fr', 'en'],
  ['zh;q=much', 'en'],
  ['*', 'en'],
])('Accept-Language %j is answered in %s', (header, language) => {
  expect(languageOf(header)).toBe(language);
});
