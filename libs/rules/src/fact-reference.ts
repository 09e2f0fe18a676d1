/** A condition's value that is read from a fact. */
export interface FactReference {
  readonly fact: string;
  readonly path?: string;
}

/** Whether a condition's value stands for a fact: an object with a property `fact`, as in json-rules-engine. */
export function isFactReference(value: unknown): value is FactReference {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'fact');
}
