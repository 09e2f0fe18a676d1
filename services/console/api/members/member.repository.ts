import type { MemberView } from '@hermes/contracts/console-api';
import type { Role } from '@hermes/contracts/control';
import type { Queryable } from '../database/database.ts';

export async function membersOf(db: Queryable, project: string): Promise<readonly MemberView[]> {
  const { rows } = await db.query<MemberView>(
    `SELECT u.id, u.email, u.name, m.role FROM console.members m JOIN console.users u ON u.id = m.user_id
      WHERE m.project = $1 ORDER BY u.name, u.email`,
    [project],
  );
  return rows;
}

export async function setMember(db: Queryable, project: string, userId: string, role: Role): Promise<void> {
  await db.query(
    `INSERT INTO console.members (project, user_id, role) VALUES ($1, $2, $3)
     ON CONFLICT (project, user_id) DO UPDATE SET role = excluded.role`,
    [project, userId, role],
  );
}

/** Whether there was such a member. */
export async function removeMember(db: Queryable, project: string, email: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'DELETE FROM console.members m USING console.users u WHERE u.id = m.user_id AND m.project = $1 AND u.email = $2',
    [project, email],
  );
  return rowCount === 1;
}
