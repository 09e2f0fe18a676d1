import { z } from 'zod';

/** Whether this is a place in a list of decisions, `2026-01-31T08:00:00.000Z/<id>`, that databases can compare with. */
export const isPlaceInList = (text: string): boolean =>
  z.iso.datetime({ precision: 3 }).safeParse(text.slice(0, 24)).success && /^\/[\w-]{1,200}$/u.test(text.slice(24));
