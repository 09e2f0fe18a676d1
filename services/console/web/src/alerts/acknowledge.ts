import type { Alert } from '@hermes/contracts/alert';
import { useState } from 'react';
import { request } from '../api/request.ts';
import { alertsPath } from './platform.ts';

interface Acknowledging {
  start(alert: Alert): void;
  busy(id: string): boolean;
  /** The alert as it is after an acknowledgement that the stream has not told yet. */
  seen(alert: Alert): Alert;
}

/** Acknowledges alerts; the answer counts at once, the stream follows. */
export function useAcknowledge(onError: (error: unknown) => void): Acknowledging {
  const [running, setRunning] = useState<ReadonlySet<string>>(new Set());
  const [done, setDone] = useState<ReadonlyMap<string, Alert>>(new Map());

  const start = (alert: Alert): void => {
    setRunning((last) => new Set([...last, alert.id]));
    request<Alert>('POST', `${alertsPath(alert.project)}/${encodeURIComponent(alert.id)}/acknowledge`)
      .then((answer) => setDone((last) => new Map([...last, [alert.id, answer]])))
      .catch(onError)
      .finally(() => setRunning((last) => new Set([...last].filter((id) => id !== alert.id))));
  };
  return {
    start,
    busy: (id) => running.has(id),
    seen: (alert) => {
      const answer = done.get(alert.id);
      if (answer === undefined || alert.acknowledgedAt !== null) return alert;
      return { ...alert, acknowledgedAt: answer.acknowledgedAt, acknowledgedBy: answer.acknowledgedBy };
    },
  };
}
