/** The processor's name, in state keys and groups. */
export const RULE_JOB = 'rule-engine';
