import { ZenEngine } from '@gorules/zen-engine';
import { Engine, type TopLevelCondition } from 'json-rules-engine';
import type { PlainCondition, PlainLeaf } from './random-rules.ts';

type Data = Readonly<Record<string, unknown>>;

/** One engine with its rules: which of them, by their numbers, fire on an event's data. */
export type Rival = (data: Data) => Promise<readonly number[]>;

/** json-rules-engine as its users write it: each field a fact, a path only into objects. */
export function jsonRulesEngine(rules: readonly PlainCondition[]): Rival {
  const engine = new Engine([], { allowUndefinedFacts: true });
  for (const [number, rule] of rules.entries())
    engine.addRule({ conditions: factCondition(rule) as TopLevelCondition, event: { type: String(number) } });
  return async (data) => (await engine.run({ ...data })).events.map(({ type }) => Number(type));
}

function factCondition(condition: PlainCondition): object {
  if (condition.kind !== 'leaf') return { [condition.kind]: condition.of.map(factCondition) };
  const { field, inner, operator, value } = condition.leaf;
  return {
    fact: field,
    ...(inner === undefined ? {} : { path: `$.${inner}` }),
    operator,
    value: typeof value === 'object' && 'field' in value ? { fact: value.field } : value,
  };
}

/** GoRules' engine: one decision with an expression for each rule. */
export function zenEngine(rules: readonly PlainCondition[]): Rival {
  const expressions = rules.map((rule, number) => ({
    id: String(number),
    key: `r${String(number)}`,
    value: zenExpression(rule),
  }));
  const decision = new ZenEngine().createDecision({
    nodes: [
      { id: 'in', name: 'in', type: 'inputNode' },
      { id: 'rules', name: 'rules', type: 'expressionNode', content: { expressions } },
      { id: 'out', name: 'out', type: 'outputNode' },
    ],
    edges: [
      { id: 'a', type: 'edge', sourceId: 'in', targetId: 'rules' },
      { id: 'b', type: 'edge', sourceId: 'rules', targetId: 'out' },
    ],
  });
  return async (data) => {
    const { result } = await decision.evaluate(data);
    const fired: number[] = [];
    for (let number = 0; number < rules.length; number++)
      if ((result as Data)[`r${String(number)}`] === true) fired.push(number);
    return fired;
  };
}

const ZEN_OPERATORS: Readonly<Record<string, string>> = {
  equal: '==',
  notEqual: '!=',
  lessThan: '<',
  lessThanInclusive: '<=',
  greaterThan: '>',
  greaterThanInclusive: '>=',
  in: 'in',
  notIn: 'not in',
};

function zenExpression(condition: PlainCondition): string {
  if (condition.kind === 'leaf') return zenComparison(condition.leaf);
  return `(${condition.of.map(zenExpression).join(condition.kind === 'all' ? ' and ' : ' or ')})`;
}

function zenComparison({ field, inner, operator, value }: PlainLeaf): string {
  const place = inner === undefined ? field : `${field}.${inner}`;
  const expected = typeof value === 'object' && 'field' in value ? value.field : JSON.stringify(value);
  return `(${place} ${ZEN_OPERATORS[operator]!} ${expected})`;
}
