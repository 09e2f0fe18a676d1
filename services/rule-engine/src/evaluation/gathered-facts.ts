import type { HermesEvent } from '@hermes/contracts/event';
import type { Rule } from '@hermes/contracts/rule';
import type { EventFacts } from '@hermes/rules/decide';
import type { FeatureLookup } from '@hermes/rules/feature-fact';
import { featuresCounted } from '@hermes/rules/features-of-rule';
import { keyReader, type Lookups } from '@hermes/rules/lookup-fact';
import { type PersonLookup, personName } from '@hermes/rules/person-fact';
import { personsNamed } from '@hermes/rules/persons-named';
import { lookupsNamed } from '@hermes/rules/lookups-named';

/** Facts as plain values: they may be kept while features change, and go to another thread. */
export interface GatheredFacts {
  readonly event: HermesEvent;
  readonly features: ReadonlyMap<string, ReturnType<FeatureLookup>>;
  readonly lookups: ReadonlyMap<string, ReturnType<Lookups>>;
  readonly persons: ReadonlyMap<string, ReturnType<PersonLookup>>;
}

/** The event with what the rules ask for as it is now, other than lists and facts with a memory. */
export function gatherFacts({ event, feature, lookup, person }: EventFacts, rules: readonly Rule[]): GatheredFacts {
  const features = new Map<string, ReturnType<FeatureLookup>>();
  const lookups = new Map<string, ReturnType<Lookups>>();
  const persons = new Map<string, ReturnType<PersonLookup>>();
  for (const rule of rules) {
    if (feature !== undefined)
      for (const { id, version } of featuresCounted(rule))
        features.set(`${id} ${String(version)}`, feature(id, version));
    for (const name of person === undefined ? [] : personsNamed(rule.conditions).map(personName))
      persons.set(name, person?.(name));
    for (const ref of lookup === undefined ? [] : lookupsNamed(rule)) {
      const key = keyReader(ref)(event);
      if (key !== undefined) lookups.set(`${ref.id} ${key}`, lookup?.(ref.id, key));
    }
  }
  return { event, features, lookups, persons };
}

/** Facts that say what was gathered. */
export const factsOf = ({ event, features, lookups, persons }: GatheredFacts): EventFacts => ({
  event,
  feature: (id, version) => features.get(`${id} ${String(version)}`),
  lookup: (id, key) => lookups.get(`${id} ${key}`),
  person: (name) => persons.get(name),
});
