import type { Language } from '@hermes/contracts/language';
import { RuleDraft } from '@hermes/contracts/rule';
import { expect, test, vi } from 'vitest';
import { compileCondition } from './condition.ts';
import { failedTests } from './rule-tests.ts';

vi.mock('./condition.ts', { spy: true });

const failuresIn = (language: Language, ...tests: readonly unknown[]): string[] =>
  failedTests(
    RuleDraft.parse({
      name: 'Big deal in Haidian',
      eventTypes: ['deal.signed', 'deal.changed'],
      conditions: {
        all: [
          { fact: 'event', path: '$.data.price', operator: 'greaterThan', value: 10 },
          {
            fact: 'event',
            path: '$.data.district',
            operator: 'in',
            value: { fact: 'event', path: '$.data.districts' },
          },
        ],
      },
      event: { type: 'big-deal' },
      severity: 'info',
      tests,
    }),
  ).map(({ pointer, code, text }) => `${pointer} ${code}: ${text[language]}`);
const failuresOf = (...tests: readonly unknown[]): string[] => failuresIn('en', ...tests);

const data = { price: 11, district: 'Haidian', districts: ['Haidian'] };

test('tests that say what the rule says pass', () => {
  expect(
    failuresOf(
      { name: 'big', event: { data }, fires: true },
      { name: 'changed', event: { type: 'deal.changed', data }, fires: true },
      { name: 'another type', event: { type: 'deal.cancelled', data }, fires: false },
      { name: 'small', event: { data: { ...data, price: 10 } }, fires: false },
      { name: 'cannot be decided', event: { data: { price: 11 } }, fires: false },
    ),
  ).toEqual([]);
});

test('a test that fails says what the conditions saw', () => {
  expect(
    failuresOf(
      { name: 'big', event: { data }, fires: true },
      { name: 'small', event: { data: { ...data, price: 9 } }, fires: true },
      { name: 'undecided', event: { data: { price: 11, district: 'Haidian' } }, fires: true },
      { name: 'another type', event: { type: 'deal.cancelled', data }, fires: true },
      { name: 'not this one', event: { data }, fires: false },
    ),
  ).toEqual([
    '/tests/1 failed-test: test "small" fails: it does not fire: data.price was 9, and "greaterThan 10" is false',
    '/tests/2 failed-test: test "undecided" fails: it does not fire: data.district was "Haidian", and "in missing" cannot be decided',
    '/tests/3 failed-test: test "another type" fails: it does not fire: it does not look at "deal.cancelled"',
    '/tests/4 failed-test: test "not this one" fails: it fires, and should not',
  ]);
});

test('and says it in Chinese', () => {
  expect(
    failuresIn(
      'zh',
      { name: '小', event: { data: { ...data, price: 9 } }, fires: true },
      { name: '无法判断', event: { data: { price: 11, district: 'Haidian' } }, fires: true },
      { name: '别的类型', event: { type: 'deal.cancelled', data }, fires: true },
      { name: '不该触发', event: { data }, fires: false },
    ),
  ).toEqual([
    '/tests/0 failed-test: 测试“小”未通过：规则没有触发：data.price 的值是 9，“greaterThan 10”不成立',
    '/tests/1 failed-test: 测试“无法判断”未通过：规则没有触发：data.district 的值是 "Haidian"，“in missing”无法判断',
    '/tests/2 failed-test: 测试“别的类型”未通过：规则没有触发：它不看“deal.cancelled”',
    '/tests/3 failed-test: 测试“不该触发”未通过：规则触发了，但不应触发',
  ]);
});

test('however many tests a rule has, it is compiled once for all of them, and each sees its own event', () => {
  vi.mocked(compileCondition).mockClear();
  const many = Array.from({ length: 100 }, (_, price) => ({
    name: `${price}`,
    event: { data: { ...data, price } },
    fires: price > 11,
  }));
  expect(failuresOf(...many)).toEqual(['/tests/11 failed-test: test "11" fails: it fires, and should not']);
  expect(compileCondition).toHaveBeenCalledTimes(1);
});
