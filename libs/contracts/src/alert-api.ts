import { z } from 'zod';
import { Alert } from './alert.ts';

/** Answer of `GET /v1/projects/:p/alerts`: newest first. */
export const AlertList = z.object({
  alerts: z.array(Alert),
  /** What to pass as `before` for the next page; null at the end. */
  next: z.string().nullable(),
});
export type AlertList = z.infer<typeof AlertList>;
