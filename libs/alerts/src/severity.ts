import { Severity } from '@hermes/contracts/rule';

/** Ascending: `info` 0, `warning` 1, `critical` 2. Stored beside the severity so that a database can route by comparison. */
export const severityRank = (severity: Severity): number => Severity.options.indexOf(severity);

/** Whether an alert of `severity` goes to a receiver that asks for `minimum` and above. */
export const reaches = (severity: Severity, minimum: Severity): boolean =>
  severityRank(severity) >= severityRank(minimum);
