import { PLATFORM_TYPE_PREFIX } from '@hermes/contracts/attributes';
import { PLATFORM_TYPES } from '@hermes/contracts/platform-types';
import { faultsOf } from '@hermes/service-kit/problem';
import type { Refusal } from '../intake/refusal.ts';

export const isPlatformType = (type: string): boolean => type.startsWith(PLATFORM_TYPE_PREFIX);

/** Why an event of one of the platform's own types is refused; undefined when it is right. */
export function checkPlatformType(type: string, data: Readonly<Record<string, unknown>>): Refusal | undefined {
  const schema = PLATFORM_TYPES.get(type);
  if (schema === undefined) {
    const known = [...PLATFORM_TYPES.keys()].join(', ');
    return { code: 'unknown-event-type', pointer: '/type', message: `The platform's own types are ${known}.` };
  }
  const result = schema.safeParse(data);
  if (result.success) return undefined;
  const fault = faultsOf(result.error)[0];
  return {
    code: 'schema-violation',
    pointer: `/data${fault?.pointer ?? ''}`,
    message: `'data' is not as '${type}' has it: ${fault?.message ?? 'unknown fault'}.`,
  };
}
