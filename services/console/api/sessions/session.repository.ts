import { createHash, randomBytes } from 'node:crypto';
import type { Role } from '@hermes/contracts/control';
import type { Queryable } from '../database/database.ts';

/** Who is signed in, as of this request. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly operator: boolean;
  /** Role by project id. */
  readonly roles: Readonly<Record<string, Role>>;
  readonly sessionExpiresAt: string;
}

export interface Account {
  readonly id: string;
  readonly passwordHash: string;
}

const digest = (token: string): string => createHash('sha256').update(token).digest('hex');

export async function findAccount(db: Queryable, email: string): Promise<Account | undefined> {
  const { rows } = await db.query<Account>(
    'SELECT id, password_hash AS "passwordHash" FROM console.users WHERE email = $1',
    [email],
  );
  return rows[0];
}

/** Opens a session and forgets the expired ones. The token leaves only in the cookie; the database has its hash. */
export async function openSession(
  db: Queryable,
  userId: string,
  lifetimeMs: number,
): Promise<{ readonly token: string; readonly expiresAt: Date }> {
  const token = randomBytes(32).toString('base64url');
  const expiresAt = new Date(Date.now() + lifetimeMs);
  await db.query('DELETE FROM console.sessions WHERE expires_at < now()');
  await db.query('INSERT INTO console.sessions (token_sha256, user_id, expires_at) VALUES ($1, $2, $3)', [
    digest(token),
    userId,
    expiresAt,
  ]);
  return { token, expiresAt };
}

export async function closeSession(db: Queryable, token: string): Promise<void> {
  await db.query('DELETE FROM console.sessions WHERE token_sha256 = $1', [digest(token)]);
}

/** Ends every session of a person: after a new password. */
export async function closeSessionsOf(db: Queryable, userId: string): Promise<void> {
  await db.query('DELETE FROM console.sessions WHERE user_id = $1', [userId]);
}

/** The person of a live session with the roles of this moment, or undefined. */
export async function findPerson(db: Queryable, token: string): Promise<Person | undefined> {
  const { rows } = await db.query<Omit<Person, 'sessionExpiresAt'> & { expiresAt: Date }>(
    `SELECT u.id, u.email, u.name, u.operator, s.expires_at AS "expiresAt",
            coalesce((SELECT jsonb_object_agg(m.project, m.role) FROM console.members m WHERE m.user_id = u.id), '{}') AS roles
       FROM console.sessions s JOIN console.users u ON u.id = s.user_id
      WHERE s.token_sha256 = $1 AND s.expires_at > now()`,
    [digest(token)],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  const { expiresAt, ...person } = row;
  return { ...person, sessionExpiresAt: expiresAt.toISOString() };
}
