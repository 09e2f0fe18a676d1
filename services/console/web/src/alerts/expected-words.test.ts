import { describe, expect, test } from 'vitest';
import { en } from '../texts/en.ts';
import { zh } from '../texts/zh.ts';
import { expectedWords, operatorWords } from './expected-words.ts';

const english = { locale: 'en-GB', timeZone: 'Asia/Shanghai', words: {}, texts: en };
const chinese = { locale: 'zh-CN', timeZone: 'Asia/Shanghai', words: {}, texts: zh };

describe('what a comparison compares with is said in words', () => {
  test.each<[string, unknown, string]>([
    ['greaterThan', 10_000_000, '10,000,000'],
    ['in', ['Haidian', 'Chaoyang'], 'Haidian, Chaoyang'],
    [
      'not:during',
      { timeZone: 'Asia/Shanghai', days: ['saturday', 'sunday'], from: '09:00' },
      'Saturday, Sunday 09:00–24:00',
    ],
    ['during', { timeZone: 'UTC', from: '22:00', to: '02:00' }, '22:00–02:00 (UTC)'],
    [
      'during',
      { timeZone: 'Asia/Shanghai', days: ['sunday', 'wednesday', 'monday', 'tuesday', 'friday'], to: '09:00' },
      'Monday–Wednesday, Friday, Sunday 00:00–09:00',
    ],
    ['within', { of: 'soon', hours: 1, minutes: 30 }, '1 hour, 30 minutes of soon'],
    ['withinKm', { of: { longitude: 116.4, latitude: 39.9 }, km: 1.5 }, '1.5 kilometres of 116.4, 39.9'],
    [
      'insidePolygon',
      [
        [1, 2],
        [3, 4],
        [5, 7],
      ],
      'a shape with 3 corners',
    ],
    [
      'anyElement',
      {
        all: [
          { fact: 'element', path: '$.role', operator: 'equal', value: 'buyer' },
          {
            any: [
              { fact: 'element', path: '$.age', operator: 'lessThan', value: { fact: 'event', path: '$.data.limit' } },
            ],
          },
        ],
      },
      'role is buyer and (age is less than limit)',
    ],
    [
      'countElements',
      { that: { all: [{ fact: 'element', operator: 'startsWith', value: 'b' }] }, atLeast: 2, atMost: 5 },
      'at least 2 and at most 5: it begins with b',
    ],
    ['during', { fact: 'event', path: '$.data.hours' }, 'hours'],
    ['within', { of: { fact: 'event', path: '$.time' }, minutes: 5 }, '5 minutes of time'],
    ['during', { from: { toString: 1 }, timeZone: 5 }, '{"toString":1}–24:00 (5)'],
    ['equal', { $cut: 900, begins: '{"a":' }, '{"a":…'],
  ])('%s %j: %s', (operator, expected, words) => {
    expect(expectedWords(operator, expected, english)).toBe(words);
  });

  test('in Chinese as well', () => {
    const days = { timeZone: 'Asia/Shanghai', days: ['saturday'], from: '09:00', to: '18:00' };
    expect(expectedWords('during', days, chinese)).toBe('星期六 09:00–18:00');
    expect(expectedWords('within', { of: 'x', minutes: 30 }, chinese)).toBe('x 前后 30分钟之内');
  });
});

test('operators are said in words, negated ones too', () => {
  expect(operatorWords('during', en)).toBe('is during');
  expect(operatorWords('not:during', en)).toBe('is not during');
  expect(operatorWords('not:matches', en)).toBe('not so: matches');
  expect(operatorWords('someFact:equal', en)).toBe('someFact:equal');
});
