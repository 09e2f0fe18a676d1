import type { Integer } from '../../values/data-type.ts';
import { simple } from '../../values/types.ts';
import type { AggregateFunction, BoundAggregate } from '../signature.ts';

const shared: Pick<BoundAggregate, 'width' | 'start' | 'merge' | 'result'> = {
  width: 1,
  start: (slots, at) => {
    slots[at] = 0;
  },
  merge: (slots, at, other, otherAt) => {
    slots[at] = (slots[at] as number) + (other[otherAt] as number);
  },
  result: (slots, at) => slots[at] as Integer,
};

const all: BoundAggregate = {
  ...shared,
  add: (slots, at) => {
    slots[at] = (slots[at] as number) + 1;
  },
  retract: (slots, at) => {
    slots[at] = (slots[at] as number) - 1;
  },
};

const one: BoundAggregate = {
  ...shared,
  add: (slots, at, value) => {
    if (value !== null) slots[at] = (slots[at] as number) + 1;
  },
  retract: (slots, at, value) => {
    if (value !== null) slots[at] = (slots[at] as number) - 1;
  },
};

export const COUNTING: readonly AggregateFunction[] = [
  {
    name: 'COUNT',
    syntax: 'COUNT(*), COUNT(value) or COUNT(DISTINCT value)',
    resolve: (args) =>
      args.length > 1
        ? 'COUNT takes one value'
        : { result: simple('BIGINT', false), parameters: args.map(({ type }) => type) },
    bind: (args) => (args.length === 0 ? all : one),
  },
];
