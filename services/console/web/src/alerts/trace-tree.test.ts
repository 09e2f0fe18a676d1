import type { TraceEntry } from '@hermes/contracts/decision';
import { expect, test } from 'vitest';
import { featureOf, fieldOf, type TraceNode, traceTree } from './trace-tree.ts';

const entry = (path: string): TraceEntry => ({ path, outcome: 'true' });
const shape = (nodes: readonly TraceNode[]): unknown =>
  nodes.map(({ entry, group, children }) =>
    children.length === 0 ? entry.path : { [`${group} ${entry.path}`]: shape(children) },
  );

test('the flat trace becomes the tree that the author wrote', () => {
  const trace = ['', '/all/0', '/all/1', '/all/1/any/0', '/all/1/any/1', '/all/2', '/all/2/not'].map(entry);
  expect(shape(traceTree(trace))).toEqual([
    {
      'all ': ['/all/0', { 'any /all/1': ['/all/1/any/0', '/all/1/any/1'] }, { 'not /all/2': ['/all/2/not'] }],
    },
  ]);
});

test('conditions whose group is not in the trace stand at the top', () => {
  expect(shape(traceTree([entry('/all/0'), entry('/all/1')]))).toEqual(['/all/0', '/all/1']);
});

test.each([
  ['$.data.totalPriceCny', 'totalPriceCny'],
  ['$.subject', 'subject'],
  ['$', ''],
  [undefined, ''],
])('the field of %s is "%s"', (path, field) => expect(fieldOf(path)).toBe(field));

test.each([
  ['feature', { id: 'showings_7d', version: 2 }, undefined, 'showings_7d'],
  ['feature', { id: 'last_5' }, '$[1]', 'last_5 [1]'],
  ['event', { id: 'showings_7d' }, '$.data.x', undefined],
])('of the fact %s with %j at %s the feature is %j', (fact, params, path, name) =>
  expect(featureOf(fact, params, path)).toBe(name),
);
