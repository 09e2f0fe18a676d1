import type { SessionView, SignIn } from '@hermes/contracts/console-api';
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { request } from './request.ts';

/** Who is signed in; null when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }): Promise<SessionView | null> =>
    (await request<SessionView | undefined>('GET', '/api/session', undefined, signal)) ?? null,
  staleTime: 30_000,
});

/** Tells the other tabs of this browser that somebody has signed in or out. */
const otherTabs = new BroadcastChannel('hermes.session');

/** Asks anew who is signed in when another tab says that it has changed. */
export function useSessionOfOtherTabs(): void {
  const client = useQueryClient();
  useEffect(() => {
    const ask = (): void => void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    otherTabs.addEventListener('message', ask);
    return () => otherTabs.removeEventListener('message', ask);
  }, [client]);
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SignIn) => request<SessionView>('POST', '/api/session', body),
    onSuccess: (session) => {
      client.setQueryData(sessionQuery.queryKey, session);
      otherTabs.postMessage('signed in');
    },
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => request<void>('DELETE', '/api/session'),
    onSettled: () => {
      client.setQueryData(sessionQuery.queryKey, null);
      otherTabs.postMessage('signed out');
      // What was read for one person must not be shown to the next.
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
    },
  });
}
