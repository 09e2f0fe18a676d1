import { randomBytes, randomUUID } from 'node:crypto';
import { formatSecret } from '@hermes/alerts/webhook-message';
import { Webhook, type WebhookDraft } from '@hermes/contracts/alert';
import { ProblemError, notFound } from '@hermes/service-kit/problem';
import type { Pool } from 'pg';
import { z } from 'zod';
import { refusedHost } from '@hermes/connectors/http/private-addresses';
import { deleteWebhook, insertWebhook, listWebhooks } from './webhooks.repository.ts';

/** A new webhook with its secret, which is shown this once. */
export const WebhookWithSecret = Webhook.extend({ secret: z.string() });
export type WebhookWithSecret = z.infer<typeof WebhookWithSecret>;

const SECRET_BYTES = 32;
const MAX_WEBHOOKS = 50;

const badUrl = (detail: string): ProblemError =>
  new ProblemError({ status: 400, code: 'webhook-url', title: 'The URL cannot be a receiver', detail });

/** Receivers of a project's notifications. */
export class WebhooksService {
  private readonly db: Pool;
  private readonly arePrivateAddressesAllowed: boolean;

  constructor(db: Pool, arePrivateAddressesAllowed: boolean) {
    this.db = db;
    this.arePrivateAddressesAllowed = arePrivateAddressesAllowed;
  }

  list(project: string): Promise<readonly Webhook[]> {
    return listWebhooks(this.db, project);
  }

  /** @throws ProblemError 400 `webhook-url`, 409 `too-many-webhooks` */
  async create(project: string, draft: WebhookDraft): Promise<WebhookWithSecret> {
    const url = new URL(draft.url);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') throw badUrl('Use https:// or http://.');
    if (url.username !== '' || url.password !== '')
      throw badUrl('Leave user and password out; the signature says who sends.');
    const refused = this.arePrivateAddressesAllowed ? undefined : refusedHost(url);
    if (refused !== undefined)
      throw badUrl(`${refused}; this Hermes sends to public addresses only (WEBHOOK_PRIVATE_ADDRESSES).`);
    if ((await this.list(project)).length >= MAX_WEBHOOKS) {
      throw new ProblemError({
        status: 409,
        code: 'too-many-webhooks',
        title: 'There are enough webhooks',
        detail: `A project has at most ${String(MAX_WEBHOOKS)}; delete one first.`,
      });
    }
    const secret = formatSecret(randomBytes(SECRET_BYTES));
    const id = `w-${randomUUID().replaceAll('-', '').slice(0, 20)}`;
    return { ...(await insertWebhook(this.db, { ...draft, id, project, secret })), secret };
  }

  /** @throws ProblemError 404 */
  async remove(project: string, id: string): Promise<void> {
    if (!(await deleteWebhook(this.db, project, id))) throw notFound('webhook', id);
  }
}
