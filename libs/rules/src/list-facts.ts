import type { Condition } from '@hermes/contracts/rule';
import { isFactReference } from './fact-reference.ts';
import { isFields } from './fields.ts';
import { LIST_FACT } from './list-operators.ts';
import { withMemoryConditions } from './memory/memory-definition.ts';
import { isMemoryFact } from './memory/memory-fact.ts';

const TURNED: Readonly<Record<string, string>> = { contains: 'inList', doesNotContain: 'notInList' };

/**
 * Turns what json-rules-engine's users write, a list as the fact that contains a place of the event, into the place that is in the list; all else stays
 * as it was written, right or wrong.
 *
 * @param deepest - what nests deeper is left as it is
 */
export function withListFactsTurned(condition: unknown, deepest: number): unknown {
  if (!isFields(condition) || deepest < 0) return condition;
  const below = (child: unknown): unknown => withListFactsTurned(child, deepest - 1);
  for (const branch of ['all', 'any'] as const) {
    const children = condition[branch];
    if (Array.isArray(children)) return { ...condition, [branch]: children.map(below) };
  }
  if (isFields(condition['not'])) return { ...condition, not: below(condition['not']) };
  return withPatternsTurned(turned(condition), deepest);
}

/** Those in the conditions on events that a fact remembers. */
function withPatternsTurned(leaf: unknown, deepest: number): unknown {
  if (!isFields(leaf) || !isMemoryFact(leaf['fact']) || !isFields(leaf['params'])) return leaf;
  const params = withMemoryConditions(
    leaf['fact'],
    leaf['params'],
    (that) => withListFactsTurned(that, deepest - 1) as Condition,
  );
  return { ...leaf, params };
}

function turned(leaf: Readonly<Record<string, unknown>>): unknown {
  const { fact, params, operator, value, path, ...rest } = leaf;
  if (fact !== LIST_FACT || path !== undefined || !isFields(params) || !isFactReference(value)) return leaf;
  const name = typeof operator === 'string' && Object.hasOwn(TURNED, operator) ? TURNED[operator] : undefined;
  if (name === undefined) return leaf;
  return { ...rest, ...value, operator: name, value: { [LIST_FACT]: params['id'] } };
}
