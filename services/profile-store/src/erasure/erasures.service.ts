import { randomUUID } from 'node:crypto';
import type { ErasureList, ErasureRequest, ErasureVerification, ErasureView } from '@hermes/contracts/erasure-api';
import { notFound } from '@hermes/service-kit/problem';
import { orUnavailable } from '@hermes/service-kit/postgres-answer';
import { brokenLink } from './erasure-proof.ts';
import type { ErasurePublisher } from './erasure-publisher.ts';
import { viewOfRow } from './erasure-row.ts';
import type { ErasuresQuery, ErasuresRepository } from './erasures.repository.ts';

/** Asking for erasures, and proving that they were done. */
export class ErasuresService {
  private readonly erasures: ErasuresRepository;
  private readonly publisher: Pick<ErasurePublisher, 'publishSoon'>;
  constructor(erasures: ErasuresRepository, publisher: Pick<ErasurePublisher, 'publishSoon'>) {
    this.erasures = erasures;
    this.publisher = publisher;
  }

  /** Resolves when the erasure is kept: from then on it happens, whatever stops meanwhile. @throws ProblemError 503 */
  async request(project: string, subject: string, { reason }: ErasureRequest, by: string): Promise<ErasureView> {
    const erasure = { id: randomUUID(), project, subject, requestedBy: by, reason: reason ?? null };
    const row = await orUnavailable(this.erasures.add(erasure));
    this.publisher.publishSoon();
    return viewOfRow(row);
  }

  /** @throws ProblemError 503 */
  async list(project: string, query: ErasuresQuery): Promise<ErasureList> {
    const found = await orUnavailable(this.erasures.list(project, { ...query, limit: query.limit + 1 }));
    const erasures = found.slice(0, query.limit);
    return { erasures, next: found.length > query.limit ? (erasures.at(-1)?.id ?? null) : null };
  }

  /** @throws ProblemError 404, 503 */
  async get(project: string, id: string): Promise<ErasureView> {
    const found = await orUnavailable(this.erasures.find(project, id));
    if (found === undefined) throw notFound('erasure', id);
    return found;
  }

  /** Recomputes the project's chain. @throws ProblemError 404, 503 */
  async verify(project: string, id: string): Promise<ErasureVerification> {
    const { status } = await this.get(project, id);
    const chain = await orUnavailable(this.erasures.chain(project));
    const brokenAt = brokenLink(chain) ?? null;
    const isLink = chain.some((one) => one.id === id);
    const holds = brokenAt === null && isLink;
    return { holds, checked: chain.length, brokenAt, detail: detailOf(status, brokenAt, chain.length) };
  }
}

function detailOf(status: ErasureView['status'], brokenAt: string | null, length: number): string {
  if (brokenAt !== null) {
    return `The erasure '${brokenAt}' is not as it was when it was completed, or one before it is missing: compare the digests with those that you have kept.`;
  }
  return status === 'open'
    ? 'The erasure is not complete yet, so there is nothing to verify of it; the chain of the others holds.'
    : `Every one of the ${length} complete erasures of the project has the digest that it was completed with.`;
}
