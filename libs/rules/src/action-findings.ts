import type { RuleAction } from '@hermes/contracts/rule-action';
import type { NamedPlace } from './asked-comparison.ts';
import type { CataloguedType } from './event-schema.ts';
import type { Finding } from './finding.ts';
import { placesOfAction } from './resolve-actions.ts';
import { unknownTypes } from './unknown-types.ts';
import { both } from './words.ts';

/** Types of events that a rule emits which the catalogue does not have, and those on which the rule itself is asked again. */
export const emittedTypes = (
  actions: readonly RuleAction[] = [],
  eventTypes: readonly string[],
  catalogue: readonly Pick<CataloguedType, 'type'>[],
): readonly Finding[] =>
  actions.flatMap((action, i): readonly Finding[] => {
    if (action.kind !== 'emit-event') return [];
    const { type } = action;
    const pointer = `/actions/${i}/type`;
    const unknown = unknownTypes([type], catalogue).map((finding) => ({ ...finding, pointer }));
    if (!eventTypes.includes(type)) return unknown;
    const text = both(
      `the rule looks at "${type}" itself: it is asked of what it emits, again and again if that fulfils its conditions, and what is emitted for the sixth time becomes a dead letter`,
      `规则自己也会看“${type}”：它发出的事件会再次交给它判断，如果又满足条件就会不断重复，第六次发出的事件会成为死信`,
    );
    return [...unknown, { pointer, code: 'feeds-itself', text }];
  });

/** The places that actions read, as the catalogue is asked about them. */
export const placesOfActions = (actions: readonly RuleAction[] = []): readonly NamedPlace[] =>
  actions.flatMap((action, i) =>
    placesOfAction(action).flatMap(({ place: { fact, path }, pointer }): NamedPlace[] =>
      path === undefined ? [] : [{ pointer: `/actions/${i}${pointer}/path`, fact, path }],
    ),
  );
