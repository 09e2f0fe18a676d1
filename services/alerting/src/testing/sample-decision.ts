import type { Decision } from '@hermes/contracts/decision';

/** A decision as rule-engine writes it. */
export function sampleDecision(project: string, id: string, change: Partial<Decision> = {}): Decision {
  const now = new Date().toISOString();
  return {
    id,
    project,
    ruleId: 'big-deal',
    ruleName: 'Big deal',
    ruleVersion: 1,
    severity: 'warning',
    alert: true,
    outcome: { type: 'big-deal' },
    subject: `deal:${id}`,
    event: { id: `e-${id}`, source: 'test', type: 'deal.signed', time: now, data: {} },
    trace: [
      {
        path: '/all/0',
        fact: 'event',
        factPath: '$.data.priceCny',
        operator: 'greaterThan',
        actual: 120,
        expected: 100,
        outcome: 'true',
      },
    ],
    receivedAt: now,
    acceptedAt: now,
    decidedAt: now,
    ...change,
  };
}
