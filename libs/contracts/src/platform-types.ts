import type { z } from 'zod';
import { ATTRIBUTES_SET_TYPE, AttributesSet } from './attributes.ts';

/** The platform's own event types, each with its `data`: every project accepts them, whatever its catalogue says, and no catalogue has them. */
export const PLATFORM_TYPES: ReadonlyMap<string, z.ZodType> = new Map([[ATTRIBUTES_SET_TYPE, AttributesSet]]);
