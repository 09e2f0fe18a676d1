import type { Alert } from '@hermes/contracts/alert';
import { expect, test } from 'vitest';
import { openAlerts } from './open-alerts.ts';

const alert = (id: string, severity: Alert['severity'], change: Partial<Alert> = {}): Alert => ({
  id,
  project: 'demo',
  kind: 'decision',
  status: 'firing',
  severity,
  title: id,
  detail: '',
  subject: 'broker:b-1',
  decisionId: null,
  ruleId: null,
  startedAt: '2026-03-01T00:00:00.000Z',
  resolvedAt: null,
  acknowledgedAt: null,
  acknowledgedBy: null,
  ...change,
});

test('the worst stands first, and within one severity the newest', () => {
  const given = [alert('a', 'info'), alert('b', 'critical'), alert('c', 'warning'), alert('d', 'critical')];
  expect(openAlerts(given).map(({ id }) => id)).toEqual(['b', 'd', 'c', 'a']);
});

test('what is acknowledged or has resolved itself does not ask for anybody', () => {
  const at = '2026-03-01T00:01:00.000Z';
  expect(openAlerts([alert('a', 'info', { acknowledgedAt: at }), alert('b', 'info', { status: 'resolved' })])).toEqual(
    [],
  );
});
