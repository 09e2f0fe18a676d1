import type { EventType } from '@hermes/contracts/event-type';
import { nearest } from '@hermes/rules/suggestion';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { Refusal } from '../intake/refusal.ts';
import { checkPlatformType, isPlatformType } from './platform-types.ts';
import { compileOrFault, refusalOf } from './data-schema.ts';

/** The event types in force in a project: one published set, compiled. */
export interface EventTypeSet {
  /** Number of the definition set; 0 before the first. */
  readonly number: number;
  /**
   * Why this type or data is refused; undefined when it is right. A set without any type accepts every type; the platform's own
   * types are the same in every set.
   */
  check(type: string, data: Readonly<Record<string, unknown>>): Refusal | undefined;
}

export const EMPTY_SET: EventTypeSet = {
  number: 0,
  check: (type, data) => (isPlatformType(type) ? checkPlatformType(type, data) : undefined),
};

/** Compiles each type at its first use: a project has many types, a process sees few of them at once. */
export function eventTypeSet(number: number, types: readonly EventType[]): EventTypeSet {
  if (types.length === 0) return { ...EMPTY_SET, number };
  const byName = new Map(types.map((type) => [type.type, type]));
  const compiled = new Map<string, ValidateFunction | string>();
  return {
    number,
    check(type, data) {
      if (isPlatformType(type)) return checkPlatformType(type, data);
      let validate = compiled.get(type);
      if (validate === undefined) {
        const definition = byName.get(type);
        if (definition === undefined) return unknownType(type, byName.keys());
        validate = compileOrFault(definition.schema);
        compiled.set(type, validate);
      }
      if (typeof validate === 'string') return unusableType(type, validate);
      return validate(data) ? undefined : refusalOf(validate.errors ?? [], type);
    },
  };
}

/** One that came into force under rules that were less strict: its events wait as dead letters, those of other types go on. */
const unusableType = (type: string, fault: string): Refusal => ({
  code: 'schema-violation',
  pointer: '/type',
  message: `The schema of '${type}' cannot be used: ${fault}. Correct the event type, then send this again.`,
});

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
