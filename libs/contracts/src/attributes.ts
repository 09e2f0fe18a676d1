import { z } from 'zod';

/**
 * Event type of direct writes to a profile's attributes, by HTTP or by a SQL job. Such a write is an event like any other: it goes in
 * through `<project>.inbox`, (source, id) makes it idempotent, and history keeps it. Every project accepts the type.
 */
export const ATTRIBUTES_SET_TYPE = 'hermes.attributes_set';

/** Event types with this beginning are the platform's own; a project's catalogue cannot define them. */
export const PLATFORM_TYPE_PREFIX = 'hermes.';

/** A longer value is no attribute: a profile is read in a millisecond and holds no documents. Bytes of its JSON in UTF-8. */
export const MAX_ATTRIBUTE_BYTES = 1_024;

const encoder = new TextEncoder();
const isShort = (text: string): boolean => encoder.encode(JSON.stringify(text)).length <= MAX_ATTRIBUTE_BYTES;

export const AttributeValue = z.union([
  z.string().refine(isShort, `a text attribute has at most ${MAX_ATTRIBUTE_BYTES} bytes of JSON`),
  z.number(),
  z.boolean(),
  z.null(),
]);
export type AttributeValue = z.infer<typeof AttributeValue>;

export const AttributeName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,63}$/, 'an attribute is up to 64 lower-case letters, digits, "_" and "-"');

/** `data` of such an event. null takes an attribute back. */
export const AttributesSet = z.strictObject({
  attributes: z.record(AttributeName, AttributeValue),
  /** Who wrote: a person's e-mail, `key:<id>`, `sql:<job id>`, `rule:<rule id>`. */
  by: z.string().min(1).max(300),
});
export type AttributesSet = z.infer<typeof AttributesSet>;
