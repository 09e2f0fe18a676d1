import fc from 'fast-check';
import { JSONPath } from 'jsonpath-plus';
import { describe, expect, test } from 'vitest';
import { compilePath, MAX_PATH_LENGTH, pathProblem, plainSteps } from './json-path.ts';

const event = {
  data: {
    price: 5,
    none: null,
    list: [{ a: 1 }, { a: 2 }],
    'total price': 7,
    '\u4ef7\u683c': 9,
    text: 'abc',
    empty: '',
  },
};

describe('paths', () => {
  test.each([
    ['a dotted path', '$.data.price', 5],
    ['the whole fact', '$', event],
    ['an index', '$.data.list[1].a', 2],
    ['a quoted key with a blank', "$.data['total price']", 7],
    ['a key in Chinese', '$.data.\u4ef7\u683c', 9],
    ['null is a value', '$.data.none', null],
    ['what is not there is undefined', '$.data.nothing.further', undefined],
    ['a path through null is undefined', '$.data.none.a', undefined],
    ['the prototype is not reachable', '$.data.__proto__.polluted', undefined],
    ['a constructor is not reachable', '$.constructor', undefined],
    ['a wildcard answers a list', '$.data.list[*].a', [1, 2]],
    ['a slice answers a list', '$.data.list[0:1].a', [1]],
    ['recursive descent answers a list', '$..a', [1, 2]],
    ['a wildcard that meets nothing is undefined', '$.data.price[*]', undefined],
  ])('%s', (_, path, expected) => {
    expect(pathProblem(path)).toBeUndefined();
    expect(compilePath(path)(event)).toEqual(expected);
  });

  test.each([10_000, 100_000])('a descent into what is nested %i deep answers nothing, or what is there', (levels) => {
    const deep: unknown = JSON.parse(`${'{"b":'.repeat(levels)}{"a":1}${'}'.repeat(levels)}`);
    expect([undefined, [1]]).toContainEqual(compilePath('$..a')(deep));
    expect(() => compilePath('$..*')(deep)).not.toThrow();
  });

  test.each([
    ['a filter', '$.data.list[?(@.a > 1)]', 'not evaluated'],
    ['a script', '$.data.list[(@.length-1)]', 'not evaluated'],
    ['no dollar', 'data.price', 'begins with "$"'],
    ['a parent step', '$.data.price^', 'not supported'],
    ['a type selector', '$.data.@number()', 'not evaluated'],
    ['two recursive descents', '$..a..b', 'once'],
    ['an endless path', `$${'.a'.repeat(MAX_PATH_LENGTH)}`, 'at most'],
  ])('%s is refused with a reason', (_, path, reason) => {
    expect(pathProblem(path)?.en).toContain(reason);
  });

  test('a plain path answers what jsonpath-plus answers, for any value', () => {
    const key = fc.constantFrom('a', 'b', 'c_1', 'length', '0', 'toString', '\u4ef7');
    const step = fc.oneof(
      key.filter((k) => k !== '0').map((k) => `.${k}`),
      key.map((k) => (k === '0' ? '[0]' : `['${k}']`)),
    );
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(0, 1, '', 'xy', null, true, false),
        fc.array(tie('node'), { maxLength: 2 }),
        fc.dictionary(key, tie('node'), { maxKeys: 3 }),
      ),
    })).node;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 4 }), value, (steps, json) => {
        const path = `$${steps.join('')}`;
        expect(plainSteps(path)).toBeDefined();
        fc.pre(typeof json === 'object' && json !== null);
        expect(compilePath(path)(json)).toEqual(JSONPath({ path, json: json as object, wrap: false, eval: false }));
      }),
      { numRuns: 1_000, seed: 60 },
    );
  });
});
