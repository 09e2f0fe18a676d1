import type { Alert } from '@hermes/contracts/alert';

/** Whether an alert still asks for somebody. */
export const isOpen = ({ status, acknowledgedAt }: Pick<Alert, 'status' | 'acknowledgedAt'>): boolean =>
  status === 'firing' && acknowledgedAt === null;

const WEIGHT: Readonly<Record<Alert['severity'], number>> = { critical: 0, warning: 1, info: 2 };

/** What asks for somebody, worst first, then as given (newest first): many notes must not bury one critical alert. Pure. */
export const openAlerts = (alerts: readonly Alert[]): readonly Alert[] =>
  alerts.filter(isOpen).toSorted((a, b) => WEIGHT[a.severity] - WEIGHT[b.severity]);
