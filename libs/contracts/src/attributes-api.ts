import { z } from 'zod';
import { AttributeValue } from './attributes.ts';

/** Body of `PUT /v1/projects/:p/profiles/:subject/attributes`. null takes an attribute back. */
export const AttributesWrite = z.strictObject({ attributes: z.record(z.string().max(64), AttributeValue) });
export type AttributesWrite = z.infer<typeof AttributesWrite>;

/** Its answer: the event that the write became. The same `id` for the same Idempotency-Key of the same caller and subject. */
export const AttributesAccepted = z.object({ id: z.string(), acceptedAt: z.iso.datetime() });
export type AttributesAccepted = z.infer<typeof AttributesAccepted>;
