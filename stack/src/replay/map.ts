import { CoordinateSystem } from '@hermes/contracts/event-type';
import { EventTypeName } from '@hermes/contracts/identifiers';
import { z } from 'zod';

const Column = z.string().min(1);

const knownTimeZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

/** One field of `data`. A column that is blank, or holds one of `absent`, leaves the field out. */
const common = { name: z.string().min(1), absent: z.array(z.string()).default([]) };

const Field = z.discriminatedUnion('type', [
  z.strictObject({ ...common, type: z.literal('string'), column: Column }),
  /** A JSON number. `multiply` scales it (feet to metres). */
  z.strictObject({ ...common, type: z.literal('number'), column: Column, multiply: z.number().optional() }),
  /** A whole number; "3.0" is one, "3.5" stays as it is for the schema to refuse. */
  z.strictObject({ ...common, type: z.literal('integer'), column: Column }),
  /** Money: an exact decimal string with `places` digits after the point. `multiply` is a decimal string too. */
  z.strictObject({
    ...common,
    type: z.literal('decimal'),
    column: Column,
    multiply: z
      .string()
      .regex(/^\d+(\.\d+)?$/, 'write the factor as a decimal, for example "10000"')
      .default('1'),
    places: z.number().int().min(0).max(18).default(2),
  }),
  z.strictObject({
    ...common,
    type: z.literal('boolean'),
    column: Column,
    true: z.array(z.string()).min(1),
    false: z.array(z.string()).min(1),
  }),
  /** The row's own time (see `time`) once more, as a field. */
  z.strictObject({ name: common.name, type: z.literal('time') }),
  /** The same text in every row. */
  z.strictObject({
    name: common.name,
    type: z.literal('constant'),
    value: z.union([z.string(), z.number(), z.boolean()]),
  }),
  /**
   * A place: two numbers under `longitude` and `latitude` in `data`, as the file has them. `system` says which coordinate system
   * that is; the event type made for the project carries it.
   */
  z.strictObject({
    name: common.name,
    absent: common.absent,
    type: z.literal('place'),
    system: CoordinateSystem,
    longitudeColumn: Column,
    latitudeColumn: Column,
    longitude: z.string().default('longitude'),
    latitude: z.string().default('latitude'),
  }),
]);
export type Field = z.infer<typeof Field>;

/** How rows of a file become events: the JSON file given as `--map`. */
export const ReplayMap = z.strictObject({
  description: z.string().optional(),
  /** The type used when the command line names none. */
  type: EventTypeName.optional(),
  /** `source` of every event; with `id` it makes a row unique in its project. */
  source: z.string().min(1).max(512),
  /** From columns (joined by "-"), or from the file's name and the row's number, for rows without an id of their own. */
  id: z.discriminatedUnion('from', [
    z.strictObject({ from: z.literal('columns'), columns: z.array(Column).min(1) }),
    z.strictObject({ from: z.literal('row') }),
  ]),
  /** With columns in angle brackets: `community:<Cid>`. */
  subject: z.string().min(3),
  time: z.strictObject({
    column: Column,
    /** Tokens YYYY MM DD HH mm ss SSS, all else literal; or `iso`, `unix-s`, `unix-ms`. */
    format: z.string().min(1),
    /** IANA zone that the column is in; not for `iso` with an offset and `unix-*`. */
    timeZone: z.string().refine(knownTimeZone, 'give an IANA time zone, for example "Asia/Shanghai"').default('UTC'),
  }),
  fields: z.array(Field).min(1),
});
export type ReplayMap = z.infer<typeof ReplayMap>;
