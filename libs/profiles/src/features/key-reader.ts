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
    return ID.test(id) ? `${entity}:${id}` : undefined;
  };
}
