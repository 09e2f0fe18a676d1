import { expect, test } from 'vitest';
import { en } from './en.ts';
import { zh } from './zh.ts';

/** Every text of a dictionary by its path; a function counts by its number of parameters or less. */
function paths(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, inner]) => paths(inner, `${path}/${name}`));
}
const textsOf = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
};

test('Chinese has every text that English has, and no other', () => {
  expect(paths(zh).toSorted()).toEqual(paths(en).toSorted());
});

test('no text is empty', () => {
  expect([...textsOf(en), ...textsOf(zh)].filter((text) => text.trim() === '')).toEqual([]);
});

test('no English text has slipped into Chinese', () => {
  const allowed = new Set(['Hermes', 'customer:c-1024']);
  expect(textsOf(zh).filter((text) => !allowed.has(text) && !/[\u4e00-\u9fff]/.test(text))).toEqual([]);
});
