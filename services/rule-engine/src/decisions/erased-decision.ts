import type { Decision } from '@hermes/contracts/decision';
import type { ErasedSubjects } from '@hermes/service-kit/erasure-copy';

/** Whether an erasure covers a decision on an event: of its subject, or of the key that the rule goes by. */
export function isErased(
  erased: ErasedSubjects,
  {
    subject,
    key,
    event,
  }: { readonly subject: string; readonly key?: string | undefined; readonly event: Pick<Decision['event'], 'time'> },
): boolean {
  const timeMs = Date.parse(event.time);
  return erased.covers(subject, timeMs) || (key !== undefined && key !== '' && erased.covers(key, timeMs));
}
