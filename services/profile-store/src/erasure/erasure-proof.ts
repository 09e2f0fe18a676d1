import { createHash } from 'node:crypto';
import { ERASURE_STORES, type ErasureReport } from '@hermes/contracts/erasure';
import type { ErasureLimits, ErasureView } from '@hermes/contracts/erasure-api';
import { projectTopics } from '@hermes/contracts/topics';
import { canonicalJson } from './canonical-json.ts';

const DAY_MS = 86_400_000;
/** Kafka deletes whole segments; one that fills slowly is closed after so long (Kafka's own default of `segment.ms`). */
const SEGMENT_MS = 7 * DAY_MS;

/** The reports with another; the same one again changes nothing. In whichever order they come, the result is the same set. */
export function withReport(reports: readonly ErasureReport[], report: ErasureReport): readonly ErasureReport[] {
  const text = canonicalJson(report);
  return reports.some((known) => canonicalJson(known) === text) ? reports : [...reports, report];
}

/**
 * One report per store: the newest. `removed` is the most that was ever reported: whoever does the work a second time finds nothing to
 * remove any more, and two processes at once both find the same.
 */
export function storesOf(reports: readonly ErasureReport[]): readonly ErasureReport[] {
  return ERASURE_STORES.flatMap((store) => {
    const mine = reports.filter((report) => report.store === store).sort((a, b) => (a.at < b.at ? 1 : -1));
    const [newest] = mine;
    return newest === undefined ? [] : { ...newest, removed: Math.max(...mine.map(({ removed }) => removed)) };
  });
}

/** The stores that have not said yet that nothing remains. */
export const missingStores = (reports: readonly ErasureReport[]): readonly string[] => {
  const stores = storesOf(reports);
  return ERASURE_STORES.filter((store) => stores.find((report) => report.store === store)?.remaining !== 0);
};

/** What an erasure that was complete at `completedAtMs` does not reach. */
export function erasureLimits(completedAtMs: number): ErasureLimits {
  const keptMs = projectTopics('p', 1)
    .filter(({ cleanupPolicy }) => cleanupPolicy === 'delete')
    .map(({ retentionMs }) => retentionMs);
  const days = (ms: number): string => (ms === DAY_MS ? '24 h' : `${Math.round(ms / DAY_MS)} days`);
  const [shortest, longest] = [Math.min(...keptMs), Math.max(...keptMs)];
  return {
    text: [
      `Kafka keeps records of events for ${days(shortest)} and dead letters for ${days(longest)}, and deletes them in segments, which may take ${days(SEGMENT_MS)} more.`,
      'The record that asked for the erasure names the subject until Kafka compacts its topic.',
      'Tables that SQL jobs have written, alerts, and what applications have read and kept are not reached.',
    ].join(' '),
    kafkaGoneAfter: new Date(completedAtMs + longest + SEGMENT_MS).toISOString(),
  };
}

/** SHA-256 (hex) of a complete erasure: all of it but `missing` and the digest itself, the digest before it included. */
export function erasureDigest(
  view: Omit<ErasureView, 'missing' | 'proof'> & { proof: Omit<ErasureProof, 'digest'> },
): string {
  const { id, project, subjectHash, erasedAt, requestedBy, reason, status, completedAt, stores, proof } = view;
  const { number, previous, notCovered } = proof;
  const content = {
    id,
    project,
    subjectHash,
    erasedAt,
    requestedBy,
    reason,
    status,
    completedAt,
    stores,
    proof: { number, previous, notCovered },
  };
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

export type ErasureProof = NonNullable<ErasureView['proof']>;

/**
 * The id of the first complete erasure that does not fit its chain; undefined when all do.
 *
 * @param chain - all complete erasures of a project, in the order of their numbers
 */
export function brokenLink(chain: readonly ErasureView[]): string | undefined {
  let previous: string | null = null;
  for (const [i, view] of chain.entries()) {
    const { proof } = view;
    if (proof?.number !== i + 1 || proof.previous !== previous) return view.id;
    if (erasureDigest({ ...view, proof }) !== proof.digest) return view.id;
    previous = proof.digest;
  }
  return undefined;
}
