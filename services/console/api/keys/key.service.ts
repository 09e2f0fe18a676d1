import { inTransaction } from '@hermes/connectors/postgres/transaction';
import type { KeyDraft, KeyView, NewKey } from '@hermes/contracts/console-api';
import type { KeyRecord } from '@hermes/contracts/control';
import { notFound } from '@hermes/service-kit/problem';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { audit } from '../audit/audit.repository.ts';
import { announce, enqueue, withdraw } from '../control/control-outbox.ts';
import { CONTROL_PUBLISHER, type ControlPublisher } from '../control/control-publisher.ts';
import { DATABASE } from '../database/database.ts';
import { ProjectService } from '../projects/project.service.ts';
import { insertKey, liveKeys, revokeKey } from './key.repository.ts';
import { newKeyText } from './key-text.ts';

const toView = ({ kind: _, sha256: __, ...key }: KeyRecord): KeyView => key;

@Injectable()
export class KeyService {
  private readonly pool: Pool;
  private readonly publisher: ControlPublisher;
  private readonly projects: ProjectService;
  constructor(
    @Inject(DATABASE) pool: Pool,
    @Inject(CONTROL_PUBLISHER) publisher: ControlPublisher,
    @Inject(ProjectService) projects: ProjectService,
  ) {
    this.pool = pool;
    this.publisher = publisher;
    this.projects = projects;
  }

  async list(project: string): Promise<readonly KeyView[]> {
    return (await liveKeys(this.pool, project)).map(toView);
  }

  /** Makes a key; its text is in this answer and nowhere else. */
  async create(project: string, draft: KeyDraft, actor: string): Promise<NewKey> {
    await this.projects.get(project);
    const { id, text, sha256 } = newKeyText();
    const record = await inTransaction(this.pool, async (client) => {
      const made = await insertKey(client, {
        id,
        project,
        name: draft.name,
        scopes: [...new Set(draft.scopes)],
        sha256,
        ...(draft.features === undefined ? {} : { features: [...new Set(draft.features)] }),
        ...(draft.readsPerMinute === undefined ? {} : { readsPerMinute: draft.readsPerMinute }),
      });
      await enqueue(client, [announce(made)]);
      const { name, scopes, features, readsPerMinute } = made;
      const detail = { name, scopes, features, readsPerMinute };
      await audit(client, { actor, project, action: 'key.created', target: id, detail });
      return made;
    });
    await this.publisher.flushSoon();
    return { ...toView(record), key: text };
  }

  /** @throws ProblemError 404 */
  async revoke(project: string, id: string, actor: string): Promise<void> {
    await inTransaction(this.pool, async (client) => {
      const name = await revokeKey(client, project, id);
      if (name === undefined) throw notFound('key', id);
      await enqueue(client, [withdraw('key', id)]);
      await audit(client, { actor, project, action: 'key.revoked', target: id, detail: { name } });
    });
    await this.publisher.flushSoon();
  }
}
