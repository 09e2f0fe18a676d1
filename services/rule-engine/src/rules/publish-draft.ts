import type { Rule } from '@hermes/contracts/rule';
import type { PoolClient } from 'pg';
import { sameDraft } from './change-summary.ts';
import type { DraftRecord } from './draft-record.ts';
import { SCHEMA, writeAudit } from './project-transaction.ts';
import { addVersion, inForce, newestVersion } from './rule-versions.ts';

/** What became of a draft that nothing kept from being published. */
export type PublishedDraft =
  | { readonly kind: 'published'; readonly rule: Rule; readonly isNew: boolean }
  /** It says what the version in force says already: the draft is gone, and nothing was published. */
  | { readonly kind: 'unchanged'; readonly rule: Rule };

/** With its approvals. */
export const deleteDraft = (client: PoolClient, project: string, id: string): Promise<unknown> =>
  client.query(`DELETE FROM ${SCHEMA}.drafts WHERE project = $1 AND id = $2`, [project, id]);

/** Ends a waiting or failed schedule, with its line of the audit; `note`: why, where nobody asked for it. */
export async function endSchedule(
  client: PoolClient,
  project: string,
  id: string,
  { schedule }: Pick<DraftRecord, 'schedule'>,
  by: string,
  note?: string,
): Promise<void> {
  if (schedule === null) return;
  await client.query(`DELETE FROM ${SCHEMA}.schedules WHERE project = $1 AND id = $2`, [project, id]);
  const { at, hash } = schedule;
  await writeAudit(client, project, {
    kind: 'rule',
    id,
    by,
    what: 'schedule-cancelled',
    before: { at, hash },
    note,
  });
}

/** Deletes a draft with its approvals and its schedule. */
export async function dropDraft(
  client: PoolClient,
  project: string,
  record: DraftRecord,
  by: string,
  note?: string,
): Promise<void> {
  await endSchedule(client, project, record.id, record, by, 'its draft is gone');
  await deleteDraft(client, project, record.id);
  await writeAudit(client, project, {
    kind: 'rule',
    id: record.id,
    by,
    what: 'draft-deleted',
    before: record.draft,
    note,
  });
}

/** Makes the draft the next version. The caller has seen that nothing keeps it from that. */
export async function publishDraft(
  client: PoolClient,
  project: string,
  record: DraftRecord,
  by: string,
  note?: string,
): Promise<PublishedDraft> {
  const newest = await newestVersion(client, project, record.id);
  const current = inForce(newest);
  if (current !== undefined && sameDraft(current.draft, record.draft)) {
    await dropDraft(client, project, record, by, `version ${current.rule.version} says the same already`);
    return { kind: 'unchanged', rule: current.rule };
  }
  const approvedBy = record.approvals.map((approval) => approval.by);
  const rule = await addVersion(client, project, record.id, newest, { draft: record.draft, by, approvedBy, note });
  await deleteDraft(client, project, record.id);
  return { kind: 'published', rule, isNew: current === undefined };
}
