import type { Queryable } from '../database/database.ts';

/** One line of the audit: who did what to what. Never carries a secret. */
export interface AuditEntry {
  /** A person's e-mail, or `system`. */
  readonly actor: string;
  readonly project?: string;
  /** `<thing>.<verb>`, for example `key.revoked`. */
  readonly action: string;
  readonly target: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Writes the entry with `db`: give the client of the change's transaction, so that both happen or neither does. */
export async function audit(db: Queryable, entry: AuditEntry): Promise<void> {
  await db.query('INSERT INTO console.audit (actor, project, action, target, detail) VALUES ($1, $2, $3, $4, $5)', [
    entry.actor,
    entry.project ?? null,
    entry.action,
    entry.target,
    entry.detail ?? {},
  ]);
}
