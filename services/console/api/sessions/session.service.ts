import { randomUUID } from 'node:crypto';
import { inTransaction } from '@hermes/connectors/postgres/transaction';
import type { SignIn } from '@hermes/contracts/console-api';
import { ProblemError } from '@hermes/service-kit/problem';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { audit } from '../audit/audit.repository.ts';
import { DATABASE, type Queryable } from '../database/database.ts';
import { hashPassword, passwordMatches } from './password.ts';
import {
  closeSession,
  closeSessionsOf,
  findAccount,
  findPerson,
  openSession,
  type Person,
} from './session.repository.ts';
import {
  ADDRESS_LIMIT,
  EMAIL_LIMIT,
  type FailureLog,
  waitMs,
  withFailure,
  withoutFailures,
} from './sign-in-limiter.ts';

/** Injection token of the session lifetime in ms. */
export const SESSION_LIFETIME_MS = Symbol('SESSION_LIFETIME_MS');

@Injectable()
export class SessionService {
  private readonly pool: Pool;
  private readonly lifetimeMs: number;
  private byEmail: FailureLog = new Map();
  private byAddress: FailureLog = new Map();

  constructor(@Inject(DATABASE) pool: Pool, @Inject(SESSION_LIFETIME_MS) lifetimeMs: number) {
    this.pool = pool;
    this.lifetimeMs = lifetimeMs;
  }

  /**
   * Opens a session for an e-mail and a password.
   *
   * @throws ProblemError 401 `wrong-sign-in`, 429 `too-many-sign-ins`
   */
  async signIn(
    { email, password }: SignIn,
    address: string,
  ): Promise<{ readonly token: string; readonly expiresAt: Date }> {
    const name = email.trim().toLowerCase();
    const now = Date.now();
    const wait = Math.max(
      waitMs(this.byEmail, name, EMAIL_LIMIT, now),
      waitMs(this.byAddress, address, ADDRESS_LIMIT, now),
    );
    if (wait > 0) throw tooMany(wait);
    // Counted before the slow comparison, so that many tries at once are counted too.
    this.byEmail = withFailure(this.byEmail, name, EMAIL_LIMIT, now);
    this.byAddress = withFailure(this.byAddress, address, ADDRESS_LIMIT, now);

    const account = await findAccount(this.pool, name);
    if (!(await passwordMatches(password, account?.passwordHash)) || account === undefined) {
      await audit(this.pool, { actor: name, action: 'session.refused', target: address });
      throw wrong();
    }
    this.byEmail = withoutFailures(this.byEmail, name);
    this.byAddress = withoutFailures(this.byAddress, address);
    await audit(this.pool, { actor: name, action: 'session.opened', target: address });
    return await openSession(this.pool, account.id, this.lifetimeMs);
  }

  async signOut(token: string): Promise<void> {
    const person = await this.person(token);
    await closeSession(this.pool, token);
    if (person !== undefined)
      await audit(this.pool, { actor: person.email, action: 'session.closed', target: person.id });
  }

  /** Whose session it is, with the roles of this moment. */
  async person(token: string | undefined): Promise<Person | undefined> {
    return token === undefined ? undefined : await findPerson(this.pool, token);
  }
}

/** Makes sure of the first operator; with `reset` the password becomes the given one and old sessions end. */
export async function ensureOperator(
  pool: Pool,
  email: string,
  password: string,
  reset: boolean,
): Promise<'made' | 'reset' | 'kept'> {
  const account = await findAccount(pool, email);
  if (account !== undefined) {
    if (!reset || (await passwordMatches(password, account.passwordHash))) return 'kept';
    const passwordHash = await hashPassword(password);
    await inTransaction(pool, async (client) => {
      await client.query('UPDATE console.users SET password_hash = $2 WHERE id = $1', [account.id, passwordHash]);
      await closeSessionsOf(client, account.id);
      await audit(client, { actor: 'system', action: 'password.reset', target: email });
    });
    return 'reset';
  }
  await inTransaction(pool, async (client) => {
    await addUser(client, { email, name: 'Operator', password, operator: true });
    await audit(client, { actor: 'system', action: 'user.created', target: email, detail: { operator: true } });
  });
  return 'made';
}

export interface NewUser {
  readonly email: string;
  readonly name: string;
  readonly password: string;
  readonly operator: boolean;
}

/** Adds a person; an e-mail that exists stays as it is. Answers the id. */
export async function addUser(db: Queryable, user: NewUser): Promise<string> {
  const passwordHash = await hashPassword(user.password);
  const { rows } = await db.query<{ id: string }>(
    `INSERT INTO console.users (id, email, name, password_hash, operator) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (email) DO UPDATE SET email = excluded.email RETURNING id`,
    [`u-${randomUUID()}`, user.email, user.name, passwordHash, user.operator],
  );
  return rows[0]!.id;
}

const wrong = (): ProblemError =>
  new ProblemError({
    status: 401,
    code: 'wrong-sign-in',
    title: 'E-mail or password is wrong',
    detail: 'Check both and try again; an operator can set a new password.',
  });

const tooMany = (wait: number): ProblemError => {
  const seconds = Math.ceil(wait / 1_000);
  return new ProblemError({
    status: 429,
    code: 'too-many-sign-ins',
    title: 'Too many tries',
    detail: `Wait ${seconds} s before the next try.`,
    extra: { retryAfterS: seconds },
    headers: { 'retry-after': String(seconds) },
  });
};
