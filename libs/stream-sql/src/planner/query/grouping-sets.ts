import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { Call, Expression } from '../../syntax/tree-expression.ts';
import type { GroupBy, GroupItem } from '../../syntax/tree.ts';
import type { Span } from '../../syntax/tree-node.ts';
import { simple, withNullable } from '../../values/types.ts';
import { call } from '../expression/call.ts';
import type { PlanExpression } from '../expression.ts';
import type { NamedKey } from '../relation/aggregate.ts';
import { calc } from '../relation/calc.ts';
import { allInputs, inputAt, type Relation } from '../relation/relation.ts';

const MAX_SETS = 64;

/** The sets of keys that GROUP BY means: one, but for GROUPING SETS, ROLLUP and CUBE, which are multiplied with what stands beside them. */
export function groupingSetsOf(node: GroupBy | undefined): readonly (readonly Expression[])[] {
  const factors = (node?.items ?? []).map(setsOf);
  const count = factors.reduce((product, { length }) => product * length, 1);
  if (count > MAX_SETS)
    throw new SqlRefusal(node!.at, `GROUP BY means ${count} sets of keys`, `at most ${MAX_SETS} are supported`);
  return factors.reduce<readonly (readonly Expression[])[]>(
    (all, sets) => all.flatMap((set) => sets.map((added) => [...set, ...added])),
    [[]],
  );
}

function setsOf(item: GroupItem): readonly (readonly Expression[])[] {
  switch (item.kind) {
    case 'expression':
      return [[item.expression]];
    case 'set':
      return [item.expressions];
    case 'rollup': {
      const elements = item.items.map(elementOf);
      return [...elements.map((_, i) => elements.slice(0, elements.length - i).flat()), []];
    }
    case 'cube':
      if (item.items.length > 6)
        return refuse(item.at, 'CUBE of more than 6', 'write GROUPING SETS with those that you need');
      return item.items
        .map(elementOf)
        .reduceRight<readonly (readonly Expression[])[]>(
          (sets, element) => [...sets.map((set) => [...element, ...set]), ...sets],
          [[]],
        );
    case 'grouping-sets':
      return item.items.flatMap(setsOf);
  }
}

function elementOf(item: GroupItem): readonly Expression[] {
  const [only, another] = setsOf(item);
  if (only === undefined || another !== undefined)
    return refuse(item.at, 'grouping sets within ROLLUP or CUBE', 'write the sets into GROUPING SETS (...)');
  return only;
}

/** Each input row once for each set: its columns, then the keys, NULL where the set has them not, then the number of the set. */
export function expanded(
  input: Relation,
  keys: readonly NamedKey[],
  sets: readonly (readonly number[])[],
  at: Span,
): Relation {
  const names = [...input.columns, ...keys].map(({ name }) => name);
  const everywhere = (key: number): boolean => sets.every((set) => set.includes(key));
  const inputs = sets.map((set, number) => {
    const values = keys.map(({ expression }, key): PlanExpression => {
      if (everywhere(key)) return expression;
      const type = withNullable(expression.type, true);
      return set.includes(key) ? { ...expression, type } : { kind: 'literal', value: null, type };
    });
    return calc(input, [], [...allInputs(input), ...values, setNumber(number)], [...names, '$set'], at);
  });
  return { kind: 'union', inputs, columns: inputs[0]!.columns, at };
}

/** The keys as columns of what `expanded` makes, the number of the set last. */
export function expandedKeys(relation: Relation, keys: readonly NamedKey[]): readonly NamedKey[] {
  const first = relation.columns.length - keys.length - 1;
  return [...keys, { name: '$set' }].map(({ name }, i) => ({ name, expression: inputAt(relation, first + i) }));
}

const setNumber = (number: number): PlanExpression => ({
  kind: 'literal',
  value: number,
  type: simple('INT', false),
});

export const isGroupingCall = ({ name }: Call): boolean => ['GROUPING', 'GROUPING_ID', 'GROUP_ID'].includes(name);

/**
 * GROUPING(a), GROUPING_ID(a, b) and GROUP_ID(): a bit for each argument that is not in the row's set. `keyOf` says which key an argument is, `number` is the column
 * with the number of the set.
 */
export function groupingCall(
  node: Call,
  sets: readonly (readonly number[])[],
  keyOf: (argument: Expression) => number,
  number: PlanExpression,
): PlanExpression {
  const keys = node.arguments.map((argument) => {
    const key = keyOf(argument);
    if (key >= 0) return key;
    throw new SqlRefusal(argument.at, `${node.name} asks for what is not in GROUP BY`, 'name a key of GROUP BY');
  });
  if (keys.length === 0 && node.name !== 'GROUP_ID')
    throw new SqlRefusal(node.at, `${node.name} needs a key of GROUP BY`, `for example ${node.name}(a)`);
  const bits = (set: readonly number[]): PlanExpression => ({
    kind: 'literal',
    value: keys.reduce((all, key) => all * 2 + (set.includes(key) ? 0 : 1), 0),
    type: simple('BIGINT', false),
  });
  const [first, ...others] = sets.map(bits) as [PlanExpression, ...PlanExpression[]];
  if (others.every((each) => JSON.stringify(each) === JSON.stringify(first))) return first;
  return {
    kind: 'case',
    whens: others.map((then, i) => ({ when: call('=', [number, setNumber(i + 1)], node.at), then })),
    otherwise: first,
    type: simple('BIGINT', false),
  };
}
