import { createHash } from 'node:crypto';
import type { Feature } from '@hermes/contracts/feature';
import type { Condition, RuleDraft } from '@hermes/contracts/rule';
import { isChangeOperator, PREVIOUS_FACT } from '@hermes/rules/change-operators';
import { withComparisons } from '@hermes/rules/each-comparison';
import { canonicalPath } from '@hermes/rules/json-path';
import { withPatternConditions } from '@hermes/rules/memory/memories-named';

/** What such a feature is never changes under its id, which says all of it. */
const VERSION = 1;

/** Which events a rule looks at, and whose they are. */
type Looking = Pick<RuleDraft, 'eventTypes' | 'key'>;

/** What the two newest events of these types that have something at the path had there. */
function changeFeature(project: string, { eventTypes, key }: Looking, path: string): Feature {
  const types = [...new Set(eventTypes)].sort();
  const hash = createHash('sha256')
    .update(JSON.stringify(key === undefined ? [types, path] : [types, path, key.entity, key.path]))
    .digest('hex');
  return {
    id: `was_${hash.slice(0, 56)}`,
    name: `${path} before`,
    project,
    version: VERSION,
    // Where it is counted it gets one of its own.
    slot: 1,
    key: key === undefined ? { kind: 'subject' } : { kind: 'field', path: key.path, entity: key.entity },
    eventTypes: types,
    compute: { kind: 'last-n', path, n: 2, withEvents: true },
    window: { kind: 'all-time' },
    group: 'changes',
    timeZone: 'UTC',
    // The same bytes whenever a rule begins to ask for it.
    publishedAt: '1970-01-01T00:00:00.000Z',
  };
}

/** Whether it is asked what was before the event in hand; what facts remember of events is no part of it. */
export function asksOfChange(conditions: Condition): boolean {
  let asks = false;
  withComparisons(conditions, (leaf) => {
    asks ||= isChangeOperator(leaf.operator);
    return leaf;
  });
  return asks;
}

export interface ConditionWithChanges {
  /** Each comparison of change with the feature that keeps what was before. */
  readonly conditions: Condition;
  readonly features: readonly Feature[];
}

/**
 * Says of each comparison of change in a rule which feature keeps what was before; whatever was said there is not asked. Before an event that a fact remembers
 * is one of its own type.
 */
export function withChangeFeatures(project: string, conditions: Condition, looking: Looking): ConditionWithChanges {
  const features = new Map<string, Feature>();
  const written = (condition: Condition, { eventTypes, key }: Looking): Condition =>
    withComparisons(condition, (leaf) => {
      if (!isChangeOperator(leaf.operator)) return leaf;
      const feature = changeFeature(project, { eventTypes, key }, canonicalPath(leaf.path));
      features.set(feature.id, feature);
      return { ...leaf, params: { [PREVIOUS_FACT]: { id: feature.id, version: feature.version } } };
    });
  const remembering = withPatternConditions(conditions, (that, type) =>
    written(that, { eventTypes: [type], key: looking.key }),
  );
  const changed = written(remembering, looking);
  return { conditions: features.size === 0 ? conditions : changed, features: [...features.values()] };
}
