import { z } from 'zod';

/**
 * How a set of definitions (rules, event types, features) travels on its compacted topic.
 *
 * Each definition's version is a record of its own under `def/<id>/<version>`, immutable. Each publication is one
 * further record under `set/<number, 12 digits>`, which names the members; it is written after its members. A processor
 * keeps the number of the set that it works with in its state, so that it can find the very same set after a crash.
 */
export const DefinitionSet = z.object({
  /** Dense, from 1. */
  number: z.number().int().positive(),
  members: z.array(z.object({ id: z.string(), version: z.number().int().positive() })),
  publishedAt: z.iso.datetime(),
});
export type DefinitionSet = z.infer<typeof DefinitionSet>;

export const definitionKey = (id: string, version: number): string => `def/${id}/${version}`;
export const definitionSetKey = (number: number): string => `set/${String(number).padStart(12, '0')}`;
