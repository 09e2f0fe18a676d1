import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';
import type { Observation } from '../observation.ts';
import type { Fields } from '../parameters.ts';

/** What a check finds in observations of one key, its state as bytes between them; then, when it is given, after time has passed. */
export function findingsOf<State, F extends Fields>(
  check: Check<State, F>,
  observations: readonly Observation[],
  given: object = {},
  dueMs?: number,
): readonly Finding[] {
  const parameters = check.parameters.parse(given);
  const findings: Finding[] = [];
  let bytes = check.codec.encode(check.initial);
  for (const observation of observations) {
    const step = check.observe(check.codec.decode(bytes), observation, parameters);
    bytes = check.codec.encode(step.state);
    findings.push(...step.findings);
  }
  if (dueMs !== undefined)
    findings.push(...(check.onDue?.(check.codec.decode(bytes), dueMs, parameters).findings ?? []));
  return findings;
}
