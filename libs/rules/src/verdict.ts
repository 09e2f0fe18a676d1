/**
 * What a condition says. Numbers, not words, because they are combined millions of times a second.
 * `UNDECIDABLE` stands where json-rules-engine throws (for example `in` on something that is no list): the rule does not fire, and
 * says why; other rules go on.
 */
export const FALSE = 0;
export const TRUE = 1;
export const UNDECIDABLE = 2;
export type Verdict = typeof FALSE | typeof TRUE | typeof UNDECIDABLE;

export const verdictOf = (holds: boolean): Verdict => (holds ? TRUE : FALSE);

/** Logical not; what cannot be decided stays so. */
export const negated = (verdict: Verdict): Verdict =>
  verdict === TRUE ? FALSE : verdict === FALSE ? TRUE : UNDECIDABLE;
