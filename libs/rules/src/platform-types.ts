import { PLATFORM_TYPES } from '@hermes/contracts/platform-types';
import { z } from 'zod';
import type { CataloguedType } from './event-schema.ts';

const CATALOGUED: readonly CataloguedType[] = [...PLATFORM_TYPES].map(([type, data]) => ({
  type,
  schema: { ...z.toJSONSchema(data) },
}));

/** All types that a project knows, those of the platform among them; none where it has no catalogue. */
export const withPlatformTypes = (catalogue: readonly CataloguedType[]): readonly CataloguedType[] =>
  catalogue.length === 0 ? [] : [...catalogue, ...CATALOGUED];
