import type { AttributeValue } from '@hermes/contracts/attributes';
import type { AttributeType } from '@hermes/contracts/feature';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import { nearest } from '@hermes/rules/suggestion';

/** Why one attribute of a write is refused; `pointer` is a JSON pointer into the body. */
export interface AttributeFault {
  readonly pointer: string;
  readonly code: 'feature-forbidden' | 'unknown-feature' | 'not-writable' | 'invalid-value';
  readonly message: string;
  readonly didYouMean?: string;
}

/** What one attribute takes, when the set answers it and it takes direct writes. */
interface Writable {
  readonly kind: 'set' | 'set-once';
  readonly writable: AttributeType;
}

/**
 * What is wrong with a write of attributes; empty when all of it is right.
 *
 * @param allowed - the feature ids that the caller's key names; undefined: all
 */
export function attributeFaults(
  set: FeatureSet,
  attributes: Readonly<Record<string, AttributeValue>>,
  allowed: ReadonlySet<string> | undefined,
): readonly AttributeFault[] {
  return Object.entries(attributes).flatMap(([id, value]) => faultOf(set, id, value, allowed) ?? []);
}

function faultOf(
  set: FeatureSet,
  id: string,
  value: AttributeValue,
  allowed: ReadonlySet<string> | undefined,
): AttributeFault | undefined {
  const pointer = `/attributes/${id.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  // What a key may not see is forbidden whether or not it exists: the answer must not tell.
  if (allowed !== undefined && !allowed.has(id)) {
    return { pointer, code: 'feature-forbidden', message: `this key may not write the attribute '${id}'` };
  }
  const attribute = writableOf(set, id);
  if (attribute === undefined) return unwritable(set, id, pointer, allowed);
  const message = valueFault(attribute, value);
  return message === undefined ? undefined : { pointer, code: 'invalid-value', message };
}

function unwritable(
  set: FeatureSet,
  id: string,
  pointer: string,
  allowed: ReadonlySet<string> | undefined,
): AttributeFault {
  if (set.answered.has(id)) {
    const message = `'${id}' takes no direct writes: it is computed from events; only attributes with 'writable' take them`;
    return { pointer, code: 'not-writable', message };
  }
  const known = [...set.answered.keys()].filter((one) => allowed === undefined || allowed.has(one));
  const writable = known.filter((one) => writableOf(set, one) !== undefined);
  const didYouMean = nearest(id, writable) ?? nearest(id, known);
  const advice =
    didYouMean !== undefined
      ? `did you mean '${didYouMean}'?`
      : writable.length === 0
        ? 'no live attribute takes direct writes yet'
        : `attributes that take direct writes: ${writable.slice(0, 20).join(', ')}`;
  const message = `no live feature is called '${id}'; ${advice}`;
  return { pointer, code: 'unknown-feature', message, ...(didYouMean === undefined ? {} : { didYouMean }) };
}

function writableOf(set: FeatureSet, id: string): Writable | undefined {
  const answered = set.answered.get(id);
  if (answered?.kind !== 'counted') return undefined;
  const { compute } = answered.feature.feature;
  if ((compute.kind !== 'set' && compute.kind !== 'set-once') || compute.writable === undefined) return undefined;
  return { kind: compute.kind, writable: compute.writable };
}

function valueFault({ kind, writable }: Writable, value: AttributeValue): string | undefined {
  if (value === null) {
    return kind === 'set' ? undefined : 'an attribute that is set once keeps its first value: it cannot be taken back';
  }
  if (typeof value !== writable.type) return `this must be a ${writable.type}`;
  if (writable.allowed === undefined || writable.allowed.includes(value)) return undefined;
  const allowed = writable.allowed.slice(0, 20).map((one) => JSON.stringify(one));
  return `allowed: ${allowed.join(', ')}${writable.allowed.length > 20 ? ', ...' : ''}`;
}
