import { z } from 'zod';

/** A place as states of checks hold it, in WGS84. */
export const storedPoint = z.strictObject({ longitude: z.number(), latitude: z.number() });

/** Where something was at an instant. */
export const storedFix = z.strictObject({ timeMs: z.number(), ...storedPoint.shape });
