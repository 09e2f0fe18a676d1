import type { Erasure, ErasureReport } from '@hermes/contracts/erasure';
import type { ErasureLimits, ErasureView } from '@hermes/contracts/erasure-api';
import { missingStores, storesOf } from './erasure-proof.ts';

/** A row of the table `erasures`. */
export interface ErasureRow {
  readonly id: string;
  readonly project: string;
  readonly subject_hash: string;
  readonly subject: string | null;
  readonly erased_at: Date;
  readonly requested_by: string;
  readonly reason: string | null;
  readonly reports: readonly ErasureReport[];
  readonly completed_at: Date | null;
  readonly chain_number: number | null;
  readonly limits: ErasureLimits | null;
  readonly previous: string | null;
  readonly digest: string | null;
}

export function viewOfRow(row: ErasureRow): ErasureView {
  const { chain_number: number, digest, limits } = row;
  return {
    id: row.id,
    project: row.project,
    subjectHash: row.subject_hash,
    erasedAt: row.erased_at.toISOString(),
    requestedBy: row.requested_by,
    reason: row.reason,
    status: row.completed_at === null ? 'open' : 'complete',
    completedAt: row.completed_at?.toISOString() ?? null,
    stores: [...storesOf(row.reports)],
    // A store that came to Hermes after it was complete has nothing of it.
    missing: missingStores(row.reports).filter(
      (store) => row.completed_at === null || row.reports.some((report) => report.store === store),
    ),
    proof:
      number === null || digest === null || limits === null
        ? null
        : { number, digest, previous: row.previous, notCovered: limits },
  };
}

/** What stands on `<project>.erasures` of it: with the subject while it is open. */
export const recordOfRow = (row: ErasureRow): Erasure => ({
  id: row.id,
  project: row.project,
  subject: row.subject,
  subjectHash: row.subject_hash,
  erasedAt: row.erased_at.toISOString(),
  requestedBy: row.requested_by,
});
