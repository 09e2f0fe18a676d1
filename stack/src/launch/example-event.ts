import { randomUUID } from 'node:crypto';

/** A deal over the limit of the demo's rule, as a CloudEvent: it becomes a number, a profile and an alert. */
export function exampleDeal(nowMs: number): { id: string; subject: string; event: Record<string, unknown> } {
  const id = randomUUID();
  const dealId = `d-${id.slice(0, 8)}`;
  const subject = `broker:check-${id.slice(0, 8)}`;
  const now = new Date(nowMs).toISOString();
  const data = {
    dealId,
    line: 'second-hand',
    district: 'riverside',
    brokerId: subject.slice('broker:'.length),
    customerId: 'c-204',
    totalPriceCny: '28800000.00',
    areaM2: 240,
    signedAt: now,
  };
  return {
    id,
    subject,
    event: { specversion: '1.0', id, source: 'hermes-check', type: 'deal.signed', subject, time: now, data },
  };
}
