import { z } from 'zod';

/** A key that is written in the event: `<entity>:<value of the field>`. */
export const KeyField = z.strictObject({
  /** JSONPath into the event, `$.data.listingId`. */
  path: z.string().startsWith('$', 'a path is JSONPath and begins with "$", for example "$.data.listingId"'),
  /** Kind of the key: `listing` makes `listing:l-17`. */
  entity: z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/, 'an entity is a lower-case word, for example "listing"'),
});
export type KeyField = z.infer<typeof KeyField>;
