import { z } from 'zod';

/** RFC 9457 problem details, `application/problem+json`. `code` is stable; `detail` says what to do. */
export const Problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string(),
});
export type Problem = z.infer<typeof Problem>;
