import type { EventType } from '@hermes/contracts/event-type';
import { nearest } from '@hermes/rules/suggestion';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { Refusal } from '../intake/refusal.ts';
import { compileSchema, refusalOf } from './data-schema.ts';

/** The event types in force in a project: one published set, compiled. */
export interface EventTypeSet {
  /** Number of the definition set; 0 before the first. */
  readonly number: number;
  /** Why this type or data is refused; undefined when it is right. A set without any type accepts every type. */
  check(type: string, data: Readonly<Record<string, unknown>>): Refusal | undefined;
}

export const EMPTY_SET: EventTypeSet = { number: 0, check: () => undefined };

/** Compiles each type at its first use: a project has many types, a process sees few of them at once. */
export function eventTypeSet(number: number, types: readonly EventType[]): EventTypeSet {
  if (types.length === 0) return { ...EMPTY_SET, number };
  const byName = new Map(types.map((type) => [type.type, type]));
  const compiled = new Map<string, ValidateFunction>();
  return {
    number,
    check(type, data) {
      let validate = compiled.get(type);
      if (validate === undefined) {
        const definition = byName.get(type);
        if (definition === undefined) return unknownType(type, byName.keys());
        validate = compileSchema(definition.schema);
        compiled.set(type, validate);
      }
      return validate(data) ? undefined : refusalOf(validate.errors ?? [], type);
    },
  };
}

function unknownType(type: string, known: Iterable<string>): Refusal {
  const meant = nearest(type, [...known]);
  const advice =
    meant === undefined
      ? 'add it to the event catalogue first'
      : `did you mean '${meant}'? If not, add it to the event catalogue`;
  return {
    code: 'unknown-event-type',
    pointer: '/type',
    message: `The project has no event type '${type}'; ${advice}.`,
  };
}
