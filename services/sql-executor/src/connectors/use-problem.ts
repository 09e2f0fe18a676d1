/** Why a table cannot be used as a plan uses it, although its declaration is right. */
export interface UseProblem {
  readonly message: string;
  readonly hint: string;
}
