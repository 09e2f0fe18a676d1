import type { Alert } from '@hermes/contracts/alert';
import type { Transactions } from '@hermes/contracts/console-api';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { sessionQuery } from './session.ts';

export type LiveStatus = 'connecting' | 'live' | 'lost';

export interface LiveAlerts {
  readonly available: boolean;
  /** There are older ones that the stream does not carry. */
  readonly more: boolean;
  readonly alerts: readonly Alert[];
}

export interface LiveView {
  readonly status: LiveStatus;
  readonly transactions: Transactions | undefined;
  readonly alerts: LiveAlerts | undefined;
  /** The range (as a query string) that `transactions` belongs to. */
  readonly rangeShown: string | undefined;
  readonly heardAt: string | undefined;
}

const NOTHING: LiveView = {
  status: 'connecting',
  transactions: undefined,
  alerts: undefined,
  rangeShown: undefined,
  heardAt: undefined,
};
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 10_000;

/** Longer than the server's pulse: silence beyond this is a connection that died without a word. */
const SILENCE_LIMIT_MS = 25_000;

/** Hears a project's live stream; keeps the last picture while it reconnects or the range changes. */
export function useLive(project: string, range: string): LiveView {
  const client = useQueryClient();
  const [view, setView] = useState<LiveView & { readonly project: string }>({ ...NOTHING, project });

  useEffect(() => {
    let source: EventSource | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let silence: ReturnType<typeof setTimeout> | undefined;
    let waitMs = FIRST_RETRY_MS;
    const patch = (change: Partial<LiveView>): void =>
      setView((last) => ({ ...(last.project === project ? last : NOTHING), ...change, project }));

    const heard = (change: Partial<LiveView>): void => {
      waitMs = FIRST_RETRY_MS;
      clearTimeout(silence);
      silence = setTimeout(lost, SILENCE_LIMIT_MS);
      patch({ ...change, status: 'live', heardAt: new Date().toISOString() });
    };
    const lost = (): void => {
      source?.close();
      clearTimeout(silence);
      patch({ status: 'lost' });
      // A stream that was refused says nothing; the session tells whether somebody is still signed in.
      void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      retry = setTimeout(open, waitMs);
      waitMs = Math.min(waitMs * 2, LAST_RETRY_MS);
    };
    const open = (): void => {
      source = new EventSource(`/api/projects/${encodeURIComponent(project)}/live?${range}`);
      const on = (type: string, handle: (data: unknown) => Partial<LiveView>): void =>
        source?.addEventListener(type, (event: MessageEvent<string>) => heard(handle(JSON.parse(event.data))));
      on('transactions', (data) => ({ transactions: data as Transactions, rangeShown: range }));
      on('alerts', (data) => ({ alerts: data as LiveAlerts }));
      on('pulse', () => ({}));
      source.onerror = lost;
    };
    patch({});
    open();
    return () => {
      source?.close();
      clearTimeout(retry);
      clearTimeout(silence);
    };
  }, [client, project, range]);

  return view.project === project ? view : NOTHING;
}
