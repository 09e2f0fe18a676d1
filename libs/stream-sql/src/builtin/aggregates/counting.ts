import type { Integer, Value } from '../../values/data-type.ts';
import { simple } from '../../values/types.ts';
import type { AggregateFunction, BoundAggregate } from '../signature.ts';

const count = (counts: (args: readonly Value[]) => boolean): BoundAggregate => ({
  width: 1,
  start: (slots, at) => {
    slots[at] = 0;
  },
  add: (slots, at, ...args) => {
    if (counts(args)) slots[at] = (slots[at] as number) + 1;
  },
  retract: (slots, at, ...args) => {
    if (counts(args)) slots[at] = (slots[at] as number) - 1;
  },
  merge: (slots, at, other, otherAt) => {
    slots[at] = (slots[at] as number) + (other[otherAt] as number);
  },
  result: (slots, at) => slots[at] as Integer,
});

const one = count(([value]) => value !== null);
const all = count(() => true);
const several = count((args) => args.every((value) => value !== null));

export const COUNTING: readonly AggregateFunction[] = [
  {
    name: 'COUNT',
    syntax: 'COUNT(*), COUNT(value) or COUNT(DISTINCT value, ...)',
    resolve: (args) => ({ result: simple('BIGINT', false), parameters: args.map(({ type }) => type) }),
    bind: (args) => (args.length === 0 ? all : args.length === 1 ? one : several),
  },
];
