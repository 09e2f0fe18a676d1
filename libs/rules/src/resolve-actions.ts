import { AttributeValue } from '@hermes/contracts/attributes';
import type { HermesEvent } from '@hermes/contracts/event';
import { Subject } from '@hermes/contracts/identifiers';
import {
  type ActionSubject,
  MAX_ACTION_BYTES,
  MAX_EVENT_DEPTH,
  type ResolvedAction,
  type RuleAction,
} from '@hermes/contracts/rule-action';
import type { Rule } from '@hermes/contracts/rule';
import type { EventFacts } from './decide.ts';
import { type FactReference, isFactReference } from './fact-reference.ts';
import { factReader, type Facts } from './fact-reads.ts';
import { isFields } from './fields.ts';

/** Why an action is not done for an event. */
interface Unresolved {
  readonly code: 'missing-value' | 'invalid-subject' | 'invalid-value' | 'too-large';
  readonly reason: string;
}

/** Reads a value; tells where nothing stands. */
type Reader = (facts: Facts, missing: (where: string) => void) => unknown;

type Resolver = (facts: Facts, event: ActionFacts['event']) => ResolvedAction | Unresolved;

/** Of an event, or of what a person gives as one: then what an action needs of it may be missing. */
type ActionFacts = Omit<EventFacts, 'event'> & { readonly event: Pick<HermesEvent, 'data' | 'hermesdepth'> };

const compiled = new WeakMap<readonly RuleAction[], readonly Resolver[]>();

/**
 * What a rule's actions come to on an event. One whose values are not there, or that would not be fit, is skipped with the reason; the others go on.
 * Undefined where the rule has none, or where nothing is to be done because it runs in the shadow.
 */
export function resolveActions(
  { actions, shadow }: Pick<Rule, 'actions' | 'shadow'>,
  facts: ActionFacts,
): readonly ResolvedAction[] | undefined {
  if (actions === undefined || actions.length === 0 || shadow === true) return undefined;
  let resolvers = compiled.get(actions);
  if (resolvers === undefined) compiled.set(actions, (resolvers = actions.map(resolverOf)));
  const all: Facts = { ...facts };
  return resolvers.map((resolve, i) => {
    const action = resolve(all, facts.event);
    return 'kind' in action ? action : { kind: 'skipped', action: actions[i]!.kind, ...action };
  });
}

function resolverOf(action: RuleAction): Resolver {
  if (action.kind === 'hold') return () => action;
  const subjectIn = subjectReader('subject' in action ? action.subject : undefined);
  switch (action.kind) {
    case 'emit-event': {
      const { kind, type } = action;
      return valued('data', action.data, (data, facts, event) =>
        withSubject(subjectIn, facts, (subject) => ({
          kind,
          type,
          subject,
          depth: depthOn(event),
          data: data as Record<string, unknown>,
        })),
      );
    }
    case 'set-attribute': {
      const { kind, attribute } = action;
      return valued('value', action.value, (found, facts, event) => {
        const value = AttributeValue.safeParse(found);
        if (!value.success) return { code: 'invalid-value', reason: `value: ${value.error.issues[0]?.message ?? ''}` };
        return withSubject(subjectIn, facts, (subject) => ({
          kind,
          attribute,
          value: value.data,
          subject,
          depth: depthOn(event),
        }));
      });
    }
    case 'webhook': {
      const { kind, webhook, data } = action;
      if (data === undefined) return () => ({ kind, webhook });
      return valued('data', data, (found) => ({ kind, webhook, data: found as Record<string, unknown> }));
    }
  }
}

/** Beyond what is dead-lettered it does not grow. */
const depthOn = ({ hermesdepth = 0 }: ActionFacts['event']): number => Math.min(hermesdepth, MAX_EVENT_DEPTH) + 1;

/** More places than these are no help. */
const MOST_NAMED = 5;

const missingValue = (where: string): Unresolved => ({
  code: 'missing-value',
  reason: `${where}: neither the event nor its features, nor what was looked up for it, have such a value`,
});

/** What is made of a value of the action, once it is there and not too large. */
function valued(
  name: string,
  value: unknown,
  made: (value: unknown, ...rest: Parameters<Resolver>) => ReturnType<Resolver>,
): Resolver {
  const read = readerOf(value, name);
  return (facts, event) => {
    const missing: string[] = [];
    const found = read(facts, (where) => missing.push(where));
    if (missing.length > 0) return missingValue(missing.slice(0, MOST_NAMED).join(', '));
    if (isLongerThan(found, MAX_ACTION_BYTES))
      return { code: 'too-large', reason: `${name}: more than the ${MAX_ACTION_BYTES} bytes of JSON that are allowed` };
    return made(found, facts, event);
  };
}

/** Whether a value takes more bytes as JSON. Looks at no more of it than that: a rule may name the whole event hundreds of times. */
function isLongerThan(value: unknown, bytes: number): boolean {
  const open: unknown[] = [value];
  // What it takes at least.
  let least = 0;
  while (open.length > 0) {
    const one = open.pop();
    least += typeof one === 'string' ? one.length + 2 : 1;
    if (typeof one === 'object' && one !== null)
      for (const [name, item] of Object.entries(one)) {
        least += Array.isArray(one) ? 1 : name.length + 4;
        open.push(item);
      }
    if (least > bytes) return true;
  }
  return Buffer.byteLength(JSON.stringify(value) ?? '') > bytes;
}

/** Reads a value of an action: places are read, and lists and objects that hold any are made anew. */
function readerOf(value: unknown, where: string): Reader {
  if (isFactReference(value)) {
    const read = factReader(value);
    return (facts, missing) => {
      const found = read(facts);
      if (found === undefined) missing(where);
      return found;
    };
  }
  if (!holdsPlaces(value)) return () => value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown, i) => readerOf(item, `${where}/${i}`));
    return (facts, missing) => items.map((read) => read(facts, missing));
  }
  const fields = Object.entries(value as object).map(
    ([name, item]) => [name, readerOf(item, `${where}/${name}`)] as const,
  );
  return (facts, missing) => Object.fromEntries(fields.map(([name, read]) => [name, read(facts, missing)]));
}

function holdsPlaces(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return isFactReference(value) || Object.values(value).some(holdsPlaces);
}

/** A place that an action reads, and where it stands in it. */
export interface ActionPlaceAt {
  readonly place: FactReference;
  /** JSON pointer into the action. */
  readonly pointer: string;
}

/** The places that an action reads, wherever they stand in it. */
export function placesOfAction(action: RuleAction): readonly ActionPlaceAt[] {
  const found: ActionPlaceAt[] = [];
  const look = (value: unknown, pointer: string): void => {
    if (typeof value !== 'object' || value === null) return;
    if (isFactReference(value)) return void found.push({ place: value, pointer });
    for (const [name, item] of Object.entries(value))
      look(item, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  };
  if ('subject' in action) look(action.subject, '/subject');
  if ('data' in action) look(action.data, '/data');
  if ('value' in action) look(action.value, '/value');
  return found;
}

type SubjectReader = (facts: Facts) => unknown;

function subjectReader(subject: ActionSubject | undefined): SubjectReader {
  if (subject === undefined) return factReader({ fact: 'event', path: '$.subject' });
  if (typeof subject === 'string') return () => subject;
  if (isFactReference(subject)) return factReader(subject);
  const { entity, id } = subject;
  const read = factReader(id);
  return (facts) => {
    const found = read(facts);
    return typeof found === 'string' || typeof found === 'number' ? `${entity}:${found}` : found;
  };
}

function withSubject(
  read: SubjectReader,
  facts: Facts,
  made: (subject: string) => ResolvedAction,
): ReturnType<Resolver> {
  const found = read(facts);
  const subject = Subject.safeParse(found);
  if (subject.success) return made(subject.data);
  if (found === undefined) return missingValue('subject');
  const shown = isFields(found) || Array.isArray(found) ? 'an object or a list' : JSON.stringify(found);
  return { code: 'invalid-subject', reason: `subject: ${shown.slice(0, 300)} is no subject such as "broker:b-17"` };
}
