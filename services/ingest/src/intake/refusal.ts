/** Why an item is not taken: a value, so that one bad item never costs its neighbours. */
export interface Refusal {
  /** Stable, kebab-case. */
  readonly code: RefusalCode;
  /** JSON pointer into the item; empty means the item itself. */
  readonly pointer: string;
  /** For people: what is wrong and what to do. */
  readonly message: string;
}

export type RefusalCode =
  | 'invalid-event'
  | 'reserved-type'
  | 'reserved-source'
  | 'invalid-message'
  | 'wrong-project'
  | 'event-too-large'
  | 'nested-too-deep'
  | 'unknown-event-type'
  | 'schema-violation';

export type Read<T> =
  { readonly kind: 'ok'; readonly value: T } | { readonly kind: 'refused'; readonly refusal: Refusal };

export const ok = <T>(value: T): Read<T> => ({ kind: 'ok', value });
export const refused = (code: RefusalCode, pointer: string, message: string): Read<never> => ({
  kind: 'refused',
  refusal: { code, pointer, message },
});
