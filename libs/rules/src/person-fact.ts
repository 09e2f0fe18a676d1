import type { GivenPerson, PersonValue } from '@hermes/contracts/person';
import type { FactReference } from './fact-reference.ts';

/** The fact that is what profile-store last told of the event's subject; `params` say which feature or segment. */
export const PERSON_FACT = 'person';

/** What of a person a condition asks for. */
export interface PersonRef {
  readonly kind: 'feature' | 'segment';
  readonly id: string;
}

/** What was last told under a name (`personName`); undefined where nothing was. */
export type PersonLookup = (name: string) => PersonSaid | undefined;

/** What was told, or somebody says: that has no cause. */
export type PersonSaid = Omit<PersonValue, 'cause'> & { readonly cause?: PersonValue['cause'] | undefined };

/** What of the person is asked for; undefined where it is another fact. */
export function personRefOf({ fact, params }: FactReference): PersonRef | undefined {
  if (fact !== PERSON_FACT) return undefined;
  const { feature, segment } = (params ?? {}) as { readonly feature?: unknown; readonly segment?: unknown };
  return feature === undefined ? { kind: 'segment', id: String(segment) } : { kind: 'feature', id: String(feature) };
}

/** By which it is kept and travels. No feature's name among values has two blanks. */
export const personName = ({ kind, id }: PersonRef): string => `${PERSON_FACT} ${kind} ${id}`;

/** Whether it is a segment's: of segments every change is told, whether or not a rule asks. */
export const isSegmentName = (name: string): boolean => name.startsWith(`${PERSON_FACT} segment `);

/** What somebody says of a person, as if it had been told. */
export function givenPerson({ features = {}, segments = {} }: GivenPerson): PersonLookup {
  const told = new Map<string, unknown>();
  for (const [id, value] of Object.entries(features)) told.set(personName({ kind: 'feature', id }), value);
  for (const [id, value] of Object.entries(segments)) told.set(personName({ kind: 'segment', id }), value);
  return (name) =>
    told.has(name) ? { value: told.get(name), version: 1, interval: { from: null, to: null } } : undefined;
}
