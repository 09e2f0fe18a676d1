import { type LookupSeen, MAX_LOOKUP_KEY_LENGTH } from '@hermes/contracts/lookup';
import { type FactReference, isFactReference } from './fact-reference.ts';
import { compilePath } from './json-path.ts';

/** The fact that is what another system answers to a key; `params` say which, and the key. */
export const LOOKUP_FACT = 'lookup';

/** What a condition looks up: where, and under which key, a place of the event or a literal. */
export interface LookupRef {
  readonly id: string;
  readonly key: unknown;
}

/** What is known of a key: nothing for one that was not asked. */
export type Lookups = (id: string, key: string) => Omit<LookupSeen, 'id' | 'key'> | undefined;

/** What is looked up; undefined where it is another fact. */
export function lookupRefOf({ fact, params }: FactReference): LookupRef | undefined {
  if (fact !== LOOKUP_FACT) return undefined;
  const { id, key } = (params ?? {}) as Partial<LookupRef>;
  return { id: String(id), key };
}

/** A scalar as a key is written: 17 and "17" are one key. Undefined for what is none. */
function keyText(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string' || value.length === 0 || value.length > MAX_LOOKUP_KEY_LENGTH) return undefined;
  return value;
}

/** Reads the key of a lookup out of an event; undefined where the event has none. */
export function keyReader({ key }: LookupRef): (event: unknown) => string | undefined {
  if (!isFactReference(key)) {
    const literal = keyText(key);
    return () => literal;
  }
  const read = compilePath(key.path ?? '$');
  return (event) => (typeof event === 'object' && event !== null ? keyText(read(event)) : undefined);
}

/** Values that somebody names, as what lookups answer to any key. */
export const givenLookups =
  (values: Readonly<Record<string, unknown>>): Lookups =>
  (id) =>
    Object.hasOwn(values, id) ? { value: values[id], from: 'source' } : undefined;
