import type { LookupDraft, LookupSeen, LookupView } from '@hermes/contracts/lookup';
import { suggest } from '@hermes/rules/suggestion';
import { orUnavailable } from '@hermes/service-kit/postgres-answer';
import { notFound, ProblemError } from '@hermes/service-kit/problem';
import type { DefinitionPublisher } from '@hermes/service-kit/definition-publisher';
import type { LookupDesk } from './lookup-desk.ts';
import type { LookupsRepository } from './lookups.repository.ts';

const refusal = (status: number, code: string, title: string, detail: string, extra = {}): ProblemError =>
  new ProblemError({ status, code, title, detail, extra });

/** Lookups as people see and change them. */
export class LookupsService {
  private readonly lookups: LookupsRepository;
  private readonly publisher: Pick<DefinitionPublisher<unknown>, 'publishSoon'>;
  private readonly desk: LookupDesk;
  private readonly servers: readonly string[];

  constructor(
    lookups: LookupsRepository,
    publisher: Pick<DefinitionPublisher<unknown>, 'publishSoon'>,
    desk: LookupDesk,
    servers: readonly string[],
  ) {
    this.lookups = lookups;
    this.publisher = publisher;
    this.desk = desk;
    this.servers = servers;
  }

  async list(project: string): Promise<{ lookups: LookupView[]; servers: string[] }> {
    return { lookups: [...(await orUnavailable(this.lookups.list(project)))], servers: [...this.servers] };
  }

  async get(project: string, id: string): Promise<LookupView> {
    const found = (await orUnavailable(this.lookups.list(project))).find((lookup) => lookup.id === id);
    if (found === undefined) throw notFound('lookup', id);
    return found;
  }

  async save(
    project: string,
    id: string,
    draft: LookupDraft,
    by: string,
  ): Promise<{ readonly lookup: LookupView; readonly isNew: boolean }> {
    if (draft.kind === 'redis' && !this.servers.includes(draft.server)) {
      const advice = this.servers.length === 0 ? 'there is none yet' : suggest(draft.server, this.servers);
      const detail = `The operators have named no server "${draft.server}" (RULE_ENGINE_LOOKUP_SERVERS); ${advice}.`;
      throw refusal(400, 'unknown-server', 'There is no such server', detail);
    }
    const saved = await orUnavailable(this.lookups.save(project, id, draft, by));
    switch (saved.kind) {
      case 'too-many':
        throw refusal(
          409,
          'too-many',
          'There are too many lookups',
          'A project has at most 100 lookups: delete one first.',
        );
      case 'no-such-header': {
        const detail = `There is no header "${saved.name}" that could stay as it is: give its value. None stays for another server.`;
        throw refusal(400, 'no-such-header', 'A header has no value', detail);
      }
      case 'no-secret': {
        const detail = 'Headers are kept encrypted, and this service has no HERMES_SERVICE_SECRET to do it with.';
        throw refusal(409, 'no-secret', 'Headers cannot be kept', detail);
      }
      case 'saved':
        await this.publisher.publishSoon(project);
        return saved;
    }
  }

  async delete(project: string, id: string, by: string): Promise<void> {
    const deleted = await orUnavailable(this.lookups.delete(project, id, by));
    if (deleted.kind === 'missing') throw notFound('lookup', id);
    if (deleted.kind === 'in-use') {
      const { rules } = deleted;
      const detail = `The lookup is named by ${rules.join(', ')}: change or archive these rules (and their drafts) first.`;
      throw refusal(409, 'in-use', 'The lookup is in use', detail, { rules });
    }
    await this.publisher.publishSoon(project);
  }

  async try(project: string, id: string, key: string): Promise<LookupSeen & { durationMs: number }> {
    const lookup = await orUnavailable(this.lookups.find(project, id));
    if (lookup === undefined) throw notFound('lookup', id);
    const startedAt = performance.now();
    const answer = await this.desk.answer(project, lookup, key);
    return { id, key, ...answer, durationMs: Math.round((performance.now() - startedAt) * 10) / 10 };
  }
}
