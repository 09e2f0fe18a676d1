import { inTransaction } from '@hermes/connectors/postgres/transaction';
import type { MemberDraft, MemberView } from '@hermes/contracts/console-api';
import { notFound, ProblemError } from '@hermes/service-kit/problem';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { audit } from '../audit/audit.repository.ts';
import { DATABASE } from '../database/database.ts';
import { ProjectService } from '../projects/project.service.ts';
import { findAccount } from '../sessions/session.repository.ts';
import { addUser } from '../sessions/session.service.ts';
import { membersOf, removeMember, setMember } from './member.repository.ts';

@Injectable()
export class MemberService {
  private readonly pool: Pool;
  private readonly projects: ProjectService;
  constructor(@Inject(DATABASE) pool: Pool, @Inject(ProjectService) projects: ProjectService) {
    this.pool = pool;
    this.projects = projects;
  }

  async list(project: string): Promise<readonly MemberView[]> {
    return await membersOf(this.pool, project);
  }

  /**
   * Gives a person a role in the project. Somebody new gets an account with the draft's first password; the password of
   * an account that exists is not the project's to change.
   *
   * @throws ProblemError 404, 422 `first-password-missing`
   */
  async put(project: string, email: string, draft: MemberDraft, actor: string): Promise<void> {
    await this.projects.get(project);
    const account = await findAccount(this.pool, email);
    if (account === undefined && draft.password === undefined) {
      throw new ProblemError({
        status: 422,
        code: 'first-password-missing',
        title: 'This person is new',
        detail: `'${email}' has no account yet; send a first password of at least 10 characters along.`,
      });
    }
    await inTransaction(this.pool, async (client) => {
      const name = draft.name ?? email;
      const id =
        account?.id ?? (await addUser(client, { email, name, password: draft.password ?? '', operator: false }));
      await setMember(client, project, id, draft.role);
      await audit(client, { actor, project, action: 'member.set', target: email, detail: { role: draft.role } });
    });
  }

  /** @throws ProblemError 404 */
  async remove(project: string, email: string, actor: string): Promise<void> {
    await inTransaction(this.pool, async (client) => {
      if (!(await removeMember(client, project, email))) throw notFound('member', email);
      await audit(client, { actor, project, action: 'member.removed', target: email });
    });
  }
}
