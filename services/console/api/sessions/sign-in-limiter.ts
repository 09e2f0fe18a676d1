/** Failed sign-ins by name (an e-mail, an address); each is an instant in ms. */
export type FailureLog = ReadonlyMap<string, readonly number[]>;

export interface SignInLimit {
  readonly failures: number;
  readonly windowMs: number;
}

/** Per e-mail and per address: guessing one account, and trying one password on many. */
export const EMAIL_LIMIT: SignInLimit = { failures: 8, windowMs: 5 * 60_000 };
export const ADDRESS_LIMIT: SignInLimit = { failures: 40, windowMs: 5 * 60_000 };

const recent = (instants: readonly number[], limit: SignInLimit, nowMs: number): readonly number[] =>
  instants.filter((at) => at > nowMs - limit.windowMs);

/** How long `name` has to wait before another try; 0 when it may try now. Pure. */
export function waitMs(log: FailureLog, name: string, limit: SignInLimit, nowMs: number): number {
  const failures = recent(log.get(name) ?? [], limit, nowMs);
  const decisive = failures.at(-limit.failures);
  return decisive === undefined ? 0 : decisive + limit.windowMs - nowMs;
}

/** The log with one more failure of `name`, without names whose failures are all too old. Pure. */
export function withFailure(log: FailureLog, name: string, limit: SignInLimit, nowMs: number): FailureLog {
  const kept = [...log].filter(([other, instants]) => other === name || recent(instants, limit, nowMs).length > 0);
  return new Map([...kept, [name, [...recent(log.get(name) ?? [], limit, nowMs), nowMs]]]);
}

/** The log without `name`, after a success. Pure. */
export const withoutFailures = (log: FailureLog, name: string): FailureLog =>
  new Map([...log].filter(([other]) => other !== name));
