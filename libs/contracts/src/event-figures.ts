import { z } from 'zod';

/** `GET /v1/projects/:p/event-figures?type=T&days=N` of ingest: how much there was of each event type lately. */
export const EventFigures = z.object({
  /** Looked at, by the events' time; fewer than asked for where history is younger. */
  days: z.number().positive(),
  types: z.array(
    z.object({
      type: z.string(),
      events: z.number().int().nonnegative(),
      /** Different ones, to about a percent. */
      subjects: z.number().int().nonnegative(),
    }),
  ),
});
export type EventFigures = z.infer<typeof EventFigures>;
