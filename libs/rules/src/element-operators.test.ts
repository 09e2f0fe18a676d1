/** Guards: lists are asked element by element, what cannot be decided of one hides no answer, and no list holds up the others. */
import type { Condition } from '@hermes/contracts/rule';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileCondition } from './condition.ts';
import { MAX_ELEMENTS } from './element-operators.ts';
import { inTimeZone } from './in-time-zone.ts';
import { FALSE, TRUE, UNDECIDABLE, type Verdict } from './verdict.ts';

const of = (operator: string, value: unknown): Condition => ({
  all: [{ fact: 'event', path: '$.data.list', operator, value }],
});
const element = (operator: string, value: unknown, path?: string): Condition => ({
  all: [{ fact: 'element', ...(path === undefined ? {} : { path }), operator, value }],
});
function verdictOf(condition: Condition, data: unknown): Verdict {
  const compiled = compileCondition(condition);
  const facts = { event: { time: '2026-03-06T10:00:00Z', data } };
  const verdict = compiled.test(facts);
  expect(compiled.explain(facts, [])).toBe(verdict);
  return verdict;
}

const buyer = element('equal', 'buyer', '$.role');
const large = element('greaterThan', 10);
/** Undecidable of everything that is no list and no text. */
const odd = element('in', { fact: 'element', path: '$.none' });

describe('an operator of elements', () => {
  test.each<[string, unknown, unknown, Verdict]>([
    ['anyElement', [{ role: 'seller' }, { role: 'buyer' }], buyer, TRUE],
    ['anyElement', [{ role: 'seller' }], buyer, FALSE],
    ['noElement', [{ role: 'seller' }], buyer, TRUE],
    ['noElement', [{ role: 'seller' }, { role: 'buyer' }], buyer, FALSE],
    ['allElements', [11, 12], large, TRUE],
    ['allElements', [11, 9], large, FALSE],
    ['countElements', [11, 9, 12], { that: large, atLeast: 2 }, TRUE],
    ['countElements', [11, 9, 12], { that: large, atLeast: 3 }, FALSE],
    ['countElements', [11, 9, 12], { that: large, atMost: 1 }, FALSE],
    ['countElements', [11, 9, 12], { that: large, atLeast: 2, atMost: 2 }, TRUE],
    ['countElements', [], { that: large, atMost: 0 }, TRUE],
    ['anyElement', [], large, FALSE],
    ['allElements', [], large, TRUE],
    ['noElement', [], large, TRUE],
    ['anyElement', 'buyer', buyer, FALSE],
    ['noElement', undefined, buyer, FALSE],
    ['allElements', { length: 0 }, buyer, FALSE],
    ['anyElement', [1, 2], odd, UNDECIDABLE],
    ['countElements', [1, 2], { that: odd, atMost: 5 }, TRUE],
    ['countElements', [1, 2], { that: odd, atLeast: 1 }, UNDECIDABLE],
    ['countElements', [1, 2], { that: odd, atLeast: 3 }, FALSE],
  ])('%s, of %j and %j: %i', (operator, list, value, verdict) => {
    expect(verdictOf(of(operator, value), { list })).toBe(verdict);
  });

  test('sees the event beside the element, and the elements of lists in lists by their path', () => {
    const dear: Condition = {
      all: [
        { fact: 'element', path: '$.price', operator: 'greaterThan', value: { fact: 'event', path: '$.data.limit' } },
        { fact: 'element', path: '$.rooms', operator: 'contains', value: 'cellar' },
      ],
    };
    const list = [
      { price: 5, rooms: ['cellar'] },
      { price: 9, rooms: ['hall'] },
    ];
    expect(verdictOf(of('anyElement', dear), { limit: 6, list })).toBe(FALSE);
    expect(verdictOf(of('anyElement', dear), { limit: 4, list })).toBe(TRUE);
    const rooms = { fact: 'event', path: '$.data.list[*].rooms[*]', operator: 'countElements' } as const;
    const halls = (atLeast: number): Condition => ({
      all: [{ ...rooms, value: { that: element('endsWith', 'all'), atLeast } }],
    });
    expect([halls(1), halls(2)].map((condition) => verdictOf(condition, { list }))).toEqual([TRUE, FALSE]);
  });

  test('is asked of each event anew, and by each condition for itself', () => {
    const condition: Condition = { all: [of('anyElement', large), of('noElement', buyer)] };
    const { test: ask } = compileCondition(condition);
    expect(ask({ event: { data: { list: [11] } } })).toBe(TRUE);
    expect(ask({ event: { data: { list: [9] } } })).toBe(FALSE);
    expect(ask({ event: { data: { list: [11, { role: 'buyer' }] } } })).toBe(FALSE);
    expect(ask({ event: { data: { list: [12] } } })).toBe(TRUE);
  });

  test('places times of its condition', () => {
    const late = element('after', '2026-03-01', '$.at');
    expect(inTimeZone(of('countElements', { that: late, atLeast: 1 }), 'Asia/Shanghai')).toEqual(
      of('countElements', { that: element('after', '2026-03-01T00:00:00+08:00', '$.at'), atLeast: 1 }),
    );
    expect(inTimeZone(of('anyElement', late), 'UTC')).toEqual(
      of('anyElement', element('after', '2026-03-01T00:00:00+00:00', '$.at')),
    );
  });

  test('says what it was asked in a trace, and not how it works', () => {
    const trace: unknown[] = [];
    compileCondition(of('anyElement', large)).explain({ event: { data: { list: [1] } } }, trace as never);
    expect(trace).toContainEqual(
      expect.objectContaining({ operator: 'anyElement', actual: [1], expected: large, outcome: 'false' }),
    );
  });

  test('reads a place of the event once, however many elements are compared with it', () => {
    let reads = 0;
    const data = {
      list: [1, 2, 3, 4],
      get limit() {
        reads += 1;
        return 3;
      },
    };
    const { test: ask } = compileCondition(
      of('allElements', element('lessThanInclusive', { fact: 'event', path: '$.data.limit' })),
    );
    expect(ask({ event: { data } })).toBe(FALSE);
    expect(reads).toBe(1);
    expect(ask({ event: { data: { list: [1, 2, 3, 4], limit: 4 } } })).toBe(TRUE);
  });

  test('does not decide of a list that is too long to be asked', () => {
    const list = Array.from({ length: MAX_ELEMENTS }, () => 1);
    expect(verdictOf(of('anyElement', large), { list })).toBe(FALSE);
    expect(verdictOf(of('anyElement', large), { list: [...list, 1] })).toBe(UNDECIDABLE);
  });
});

test('what is said of a list is what is said of its elements, put together', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom<Verdict>(FALSE, TRUE, UNDECIDABLE), { maxLength: 8 }),
      fc.nat(6),
      (said, atLeast) => {
        // 0 and 1 are below and above; what cannot be decided is `in` of nothing.
        const that: Condition = {
          all: [
            { any: [{ fact: 'element', operator: 'notEqual', value: UNDECIDABLE }, odd] },
            { fact: 'element', operator: 'notEqual', value: FALSE },
          ],
        };
        const holding = said.filter((one) => one === TRUE).length;
        const most = said.length - said.filter((one) => one === FALSE).length;
        const bounds = (low: boolean, high: boolean): Verdict => (low ? TRUE : high ? UNDECIDABLE : FALSE);
        const data = { list: said };
        expect(verdictOf(of('anyElement', that), data)).toBe(bounds(holding > 0, most > 0));
        expect(verdictOf(of('noElement', that), data)).toBe(bounds(most === 0, holding === 0));
        expect(verdictOf(of('allElements', that), data)).toBe(bounds(holding === said.length, most === said.length));
        expect(verdictOf(of('countElements', { that, atLeast }), data)).toBe(
          bounds(holding >= atLeast, most >= atLeast),
        );
      },
    ),
  );
});
