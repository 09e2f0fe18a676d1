/** The processor's name, in state keys and groups: of the one that reads `<project>.events`, and of the one for other keys than the subject. */
export const RULE_JOB = 'rule-engine';
export const RULE_KEYED_JOB = 'rule-engine-keyed';
export type RuleJob = typeof RULE_JOB | typeof RULE_KEYED_JOB;
