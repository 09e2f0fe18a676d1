import { expect, test } from 'vitest';
import { readable, readableUnit } from './field-values.tsx';

const reading = { locale: 'en-GB', timeZone: 'Asia/Shanghai', words: { rental: 'Rentals' } };

test.each<[string, unknown, string]>([
  ['money is written with separators', '12300000.00', '12,300,000'],
  ['an id of digits is left as it is', '1024001', '1024001'],
  ['a word of the business is translated', 'rental', 'Rentals'],
  ['an instant is told by the clock of the project', '2026-03-01T02:30:00.000Z', '1 Mar 2026, 10:30:00'],
  ['nothing is a dash', null, '–'],
  ['a list is written out', ['a', 2_000], 'a, 2,000'],
  ['yes', true, '✓'],
])('%s', (_, value, expected) => expect(readable(value, reading)).toBe(expected));

test('units have their signs', () => {
  expect([readableUnit('m2'), readableUnit('CNY'), readableUnit(undefined)]).toEqual(['m²', 'CNY', '']);
});
