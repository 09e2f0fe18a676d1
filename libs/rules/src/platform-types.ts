import { ATTRIBUTES_SET_TYPE, AttributesSet } from '@hermes/contracts/attributes';
import { z } from 'zod';
import type { CataloguedType } from './event-schema.ts';

/** The platform's own event types, which every project accepts and no catalogue has. */
export const PLATFORM_TYPES: readonly CataloguedType[] = [
  { type: ATTRIBUTES_SET_TYPE, schema: { ...z.toJSONSchema(AttributesSet) } },
];
