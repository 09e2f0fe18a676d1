import type { RuleKeyValues } from '@hermes/contracts/rule-keys';
import type { PersonLookup } from '@hermes/rules/person-fact';
import type { StepContext } from '@hermes/stream-runtime/logic';
import type { RuleSet } from '../evaluation/rule-set.ts';
import { CHANGES_READ_KEY, ChangesRead } from './changes-read.ts';
import { Told, toldKey } from './told.ts';

type Context = Pick<StepContext<unknown, unknown>, 'get'>;

/** The state keys that `personOf` reads. */
export const personKeys = (subject: string): readonly string[] => [toldKey(subject), CHANGES_READ_KEY];

/** What was last told of a subject, as rules ask for it. */
export function personOf({ persons }: Pick<RuleSet, 'persons'>, context: Context, subject: string): PersonLookup {
  return (name) => {
    const sinceMs = persons.get(name);
    if (sinceMs === undefined) return undefined;
    const told = context.get(toldKey(subject));
    if (!(told instanceof Told)) return undefined;
    const read = context.get(CHANGES_READ_KEY);
    return told.valueOf(name, sinceMs, read instanceof ChangesRead ? read.lost : 0);
  };
}

/** The same, to be taken to where rules are asked. */
export function personValues(names: readonly string[], person: PersonLookup): RuleKeyValues {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = person(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** What was brought to where rules are asked. */
export const broughtPerson =
  (values: RuleKeyValues): PersonLookup =>
  (name) =>
    Object.hasOwn(values, name) ? values[name] : undefined;
