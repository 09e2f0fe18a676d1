import type { EventTypeDraft } from '@hermes/contracts/event-type';
import type { RuleDraft } from '@hermes/contracts/rule';
import { ConsoleClient } from '@hermes/stack/api/console-client';
import { IngestClient } from '@hermes/stack/api/ingest-client';
import type { TestHermes } from '@hermes/stack/testing/hermes';
import { z } from 'zod';

export interface ProjectPlan {
  readonly id: string;
  readonly partitions: number;
  readonly eventTypes: Readonly<Record<string, z.input<typeof EventTypeDraft>>>;
  readonly rules: Readonly<Record<string, z.input<typeof RuleDraft>>>;
  /** Where alerts of the project go; each becomes a webhook. */
  readonly receivers: readonly string[];
}

export interface FreshProject {
  readonly client: ConsoleClient;
  readonly writeKey: string;
  readonly readKey: string;
  /** Of the webhooks, in the order of the receivers. */
  readonly webhookSecrets: readonly string[];
}

/** Makes a project as a person would: through the console's API. Resolves when events may be sent. */
export async function makeFreshProject(hermes: TestHermes, plan: ProjectPlan): Promise<FreshProject> {
  const client = await ConsoleClient.signIn(hermes.url('CONSOLE_URL'), hermes.admin.email, hermes.admin.password);
  const { id, partitions } = plan;
  await client.ensureProject({ id, name: id, timeZone: 'Asia/Shanghai', currency: 'CNY', partitions });
  const { key: writeKey } = await client.newKey(id, 'writer', ['events:write', 'events:read']);
  const { key: readKey } = await client.newKey(id, 'reader', ['events:read', 'profiles:read', 'alerts:read']);
  for (const [type, draft] of Object.entries(plan.eventTypes)) {
    await client.service('ingest', 'PUT', `projects/${id}/event-types/${type}`, draft);
  }
  for (const [rule, draft] of Object.entries(plan.rules)) {
    await client.service('rule-engine', 'PUT', `projects/${id}/rules/${rule}`, draft);
  }
  const webhookSecrets: string[] = [];
  for (const url of plan.receivers) {
    const response = await client.service('alerting', 'POST', `projects/${id}/webhooks`, { url });
    webhookSecrets.push(z.object({ secret: z.string() }).parse(await response.json()).secret);
  }
  await new IngestClient(hermes.url('INGEST_URL'), writeKey).untilKeyWorks(30_000);
  return { client, writeKey, readKey, webhookSecrets };
}
