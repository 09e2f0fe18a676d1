import { z } from 'zod';
import { EventTypeName } from './identifiers.ts';

/** A text in the two languages of the product. */
export const Bilingual = z.object({ en: z.string().min(1), zh: z.string().min(1) });
export type Bilingual = z.infer<typeof Bilingual>;

/** The coordinate systems in which a place may be given. */
export const CoordinateSystem = z.enum(['WGS84', 'GCJ-02', 'BD-09']);
export type CoordinateSystem = z.infer<typeof CoordinateSystem>;

/**
 * What a person writes about an event type. `schema` is JSON Schema 2020-12 of `data`; each property may carry
 * `x-title` {en, zh}, `x-description` {en, zh}, `x-unit` and `examples`; money is a decimal string.
 */
export const EventTypeDraft = z.object({
  title: Bilingual,
  description: Bilingual,
  schema: z.record(z.string(), z.unknown()),
  /** Which fields of `data` make up a place, and in which coordinate system. */
  places: z
    .array(z.object({ name: z.string(), longitude: z.string(), latitude: z.string(), system: CoordinateSystem }))
    .default([]),
  example: z.record(z.string(), z.unknown()),
});
export type EventTypeDraft = z.infer<typeof EventTypeDraft>;

/** An event type of the catalogue: immutable per version. */
export const EventType = EventTypeDraft.extend({
  type: EventTypeName,
  version: z.number().int().positive(),
  createdAt: z.iso.datetime(),
});
export type EventType = z.infer<typeof EventType>;
