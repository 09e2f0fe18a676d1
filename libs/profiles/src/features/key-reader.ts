import type { KeyField } from '@hermes/contracts/key-field';
import { compilePath } from '@hermes/rules/json-path';

/** The key that an event names; undefined when the field is missing or no id. */
export type KeyReader = (event: Readonly<Record<string, unknown>>) => string | undefined;

const ID = /^\S{1,200}$/;

/** @throws Error for a path that `pathProblem` refuses */
export function keyReader({ entity, path }: KeyField): KeyReader {
  const read = compilePath(path);
  return (event) => {
    const value = read(event);
    if (typeof value !== 'string' && typeof value !== 'number') return undefined;
    const id = String(value);
    // Half a character becomes another one in UTF-8: under the key that Kafka has the event would be found by nobody.
    return ID.test(id) && id.isWellFormed() ? `${entity}:${id}` : undefined;
  };
}
