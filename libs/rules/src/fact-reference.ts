import { isFields } from './fields.ts';

/** A condition's value that is read from a fact. */
export interface FactReference {
  readonly fact: string;
  readonly path?: string | undefined;
  /** Which one, of facts that are many: features. */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

/** A condition's value that says how near to something: `{"of": ..., "minutes": 30}`. */
export interface Relative {
  /** What is meant itself, or a reference to it. */
  readonly of: unknown;
  readonly [measure: string]: unknown;
}

export const isRelative = (value: unknown): value is Relative => isFields(value) && Object.hasOwn(value, 'of');

/** Whether a condition's value stands for a fact: an object with a property `fact`, as in json-rules-engine. */
export function isFactReference(value: unknown): value is FactReference {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'fact');
}
