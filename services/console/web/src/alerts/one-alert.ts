import type { Alert } from '@hermes/contracts/alert';
import { useQuery } from '@tanstack/react-query';
import { request } from '../api/request.ts';
import { alertsPath } from './platform.ts';

/** The alert that a URL names: from the live list, or asked for when it is older than that. */
export function useAlert(
  project: string,
  id: string | null,
  newest: readonly Alert[],
  heard: boolean,
): { readonly alert: Alert | undefined; readonly loading: boolean } {
  const known = newest.find((alert) => alert.id === id);
  const asked = useQuery({
    queryKey: ['alert', project, id],
    queryFn: ({ signal }) =>
      request<Alert>('GET', `${alertsPath(project)}/${encodeURIComponent(id ?? '')}`, undefined, signal),
    enabled: id !== null && heard && known === undefined,
  });
  return { alert: known ?? asked.data, loading: id !== null && known === undefined && (!heard || asked.isLoading) };
}
