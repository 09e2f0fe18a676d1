import { EventFigures } from '@hermes/contracts/event-figures';
import { serviceToken } from '../service-token.ts';
import type { HistorySetting } from './history-client.ts';

/** Nobody waits longer for figures. */
const TIMEOUT_MS = 2_000;

/** How much there was of event types lately, asked of ingest; undefined when it does not say so in time. */
export async function eventFigures(
  { service, ingestUrl, serviceSecret }: HistorySetting,
  project: string,
  types: readonly string[],
  days: number,
): Promise<EventFigures | undefined> {
  if (serviceSecret === undefined) return undefined;
  const search = new URLSearchParams(types.map((type): [string, string] => ['type', type]));
  search.set('days', String(days));
  const url = new URL(`/v1/projects/${encodeURIComponent(project)}/event-figures?${search.toString()}`, ingestUrl);
  try {
    const authorization = `Bearer ${await serviceToken(serviceSecret, service)}`;
    const response = await fetch(url, { headers: { authorization }, signal: AbortSignal.timeout(TIMEOUT_MS) });
    return response.ok ? EventFigures.parse(await response.json()) : undefined;
  } catch {
    return undefined;
  }
}
