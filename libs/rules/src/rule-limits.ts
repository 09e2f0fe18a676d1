/** How large a rule may be. */

/** Conditions within conditions. */
export const MAX_DEPTH = 20;
export const MAX_CONDITIONS = 500;
/** Each has to be compiled, which takes some milliseconds for the worst. */
export const MAX_PATTERNS = 100;
/** Places of which it is asked what was there before: each is kept for every subject. */
export const MAX_CHANGES = 10;
/** The whole rule as JSON: it travels in one record and is kept with every decision's version. */
export const MAX_RULE_LENGTH = 65_536;
