/** How strongly operators bind; Calcite's numbers (SqlStdOperatorTable). All binary operators are grouped from the left. */
export const Precedence = {
  any: 0,
  or: 22,
  and: 24,
  not: 26,
  /** IS NULL and its kind: weaker than comparisons, so `a = b IS NULL` is `(a = b) IS NULL`. */
  is: 28,
  comparison: 30,
  /** BETWEEN, IN, LIKE, SIMILAR TO, `= ANY (...)`: stronger than comparisons. */
  range: 32,
  additive: 40,
  /** `||` too. */
  multiplicative: 60,
  sign: 80,
  /** `a[1]` and `.field` */
  access: 100,
} as const;

export const BINARY_PRECEDENCE: Readonly<Record<string, number>> = {
  OR: Precedence.or,
  AND: Precedence.and,
  '=': Precedence.comparison,
  '<>': Precedence.comparison,
  '<': Precedence.comparison,
  '<=': Precedence.comparison,
  '>': Precedence.comparison,
  '>=': Precedence.comparison,
  OVERLAPS: Precedence.comparison,
  '+': Precedence.additive,
  '-': Precedence.additive,
  '*': Precedence.multiplicative,
  '/': Precedence.multiplicative,
  '%': Precedence.multiplicative,
  '||': Precedence.multiplicative,
};
