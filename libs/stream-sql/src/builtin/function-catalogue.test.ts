import { expect, test } from 'vitest';
import { functionCatalogue } from './function-catalogue.ts';
import { FUNCTION_SENTENCES } from './function-sentences.ts';
import { functionNames } from './registry.ts';

const all = functionCatalogue();

test('every function that can be called is there, by the name that is written', () => {
  const names = new Set(all.map(({ name }) => name));
  const written = (name: string): string => name.replace(/_(NULL|ABSENT)_ON_NULL$/, '');
  expect([...functionNames()].map(written).filter((name) => name !== 'NEGATE' && !names.has(name))).toEqual([]);
});

test('each name stands once', () => expect(new Set(all.map(({ name }) => name)).size).toBe(all.length));

test('no sentence is about something that is not there', () => {
  const names = all.map(({ name }) => name);
  expect(Object.keys(FUNCTION_SENTENCES).filter((name) => !names.includes(name))).toEqual([]);
});

test.each([
  ['ABS', 'scalar', 'ABS(number)'],
  ['CURRENT_DATE', 'scalar', 'CURRENT_DATE'],
  ['ARRAY', 'scalar', 'ARRAY[value, ...]'],
  ['IS NULL', 'operator', 'value IS NULL'],
  ['NOT', 'operator', 'NOT boolean'],
  ['JSON_ARRAYAGG', 'aggregate', 'JSON_ARRAYAGG(value [NULL | ABSENT ON NULL])'],
  ['TUMBLE', 'table', 'TUMBLE(TABLE t, DESCRIPTOR(time), size)'],
])('%s is a %s, written %s', (name, kind, signature) => {
  const found = all.find((one) => one.name === name);
  expect(found).toMatchObject({ kind, signature });
  expect(found?.about).not.toBe('');
});
