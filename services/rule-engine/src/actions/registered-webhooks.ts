import { serviceToken } from '@hermes/service-kit/service-token';
import { z } from 'zod';

/** Nobody who saves a rule waits longer for it. */
const TIMEOUT_MS = 1_000;

const Answer = z.object({ webhooks: z.array(z.object({ id: z.string() })) });

/** Where alerting is, and what it believes us by. */
export interface AlertingSetting {
  readonly alertingUrl: string;
  readonly serviceSecret: string | undefined;
}

/** Ids of the webhooks that a project has registered with alerting, asked of it; undefined when it does not say so in time. */
export async function registeredWebhooks(
  { alertingUrl, serviceSecret }: AlertingSetting,
  project: string,
): Promise<readonly string[] | undefined> {
  if (serviceSecret === undefined) return undefined;
  const url = new URL(`/v1/projects/${encodeURIComponent(project)}/webhooks`, alertingUrl);
  try {
    const authorization = `Bearer ${await serviceToken(serviceSecret, 'rule-engine')}`;
    const response = await fetch(url, { headers: { authorization }, signal: AbortSignal.timeout(TIMEOUT_MS) });
    return response.ok ? Answer.parse(await response.json()).webhooks.map(({ id }) => id) : undefined;
  } catch {
    return undefined;
  }
}
