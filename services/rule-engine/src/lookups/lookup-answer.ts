import type { Lookup, LookupSeen } from '@hermes/contracts/lookup';

/** What was answered to a question, whatever it cost. */
export type LookupAnswer = Omit<LookupSeen, 'id' | 'key'>;

/** What a lookup is when it could not be asked. */
export const fellBack = (
  { version, fallback }: Pick<Lookup, 'version' | 'fallback'>,
  reason: string,
): LookupAnswer => ({
  version,
  value: fallback,
  from: 'fallback',
  reason,
});
