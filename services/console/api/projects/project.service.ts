import { inTransaction } from '@hermes/connectors/postgres/transaction';
import type { ProjectDraft, ProjectView } from '@hermes/contracts/console-api';
import type { ProjectRecord, Role } from '@hermes/contracts/control';
import { PLATFORM_PROJECT } from '@hermes/contracts/identifiers';
import { notFound, ProblemError } from '@hermes/service-kit/problem';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { audit } from '../audit/audit.repository.ts';
import { announce, enqueue } from '../control/control-outbox.ts';
import { CONTROL_PUBLISHER, type ControlPublisher } from '../control/control-publisher.ts';
import { DATABASE, isUniqueViolation } from '../database/database.ts';
import { roleIn } from '../sessions/session.guard.ts';
import type { Person } from '../sessions/session.repository.ts';
import { allProjects, findProject, insertProject } from './project.repository.ts';

const toView = ({ kind: _, ...project }: ProjectRecord, role: Role): ProjectView => ({ ...project, role });

@Injectable()
export class ProjectService {
  private readonly pool: Pool;
  private readonly publisher: ControlPublisher;
  constructor(@Inject(DATABASE) pool: Pool, @Inject(CONTROL_PUBLISHER) publisher: ControlPublisher) {
    this.pool = pool;
    this.publisher = publisher;
  }

  /** The projects that a person may see, with the role in each. */
  async of(person: Person): Promise<readonly ProjectView[]> {
    const projects = await allProjects(this.pool);
    return projects.flatMap((project) => {
      const role = roleIn(person, project.id);
      return role === undefined ? [] : [toView(project, role)];
    });
  }

  /** @throws ProblemError 404 */
  async get(id: string): Promise<ProjectRecord> {
    const project = await findProject(this.pool, id);
    if (project === undefined) throw notFound('project', id);
    return project;
  }

  /** @throws ProblemError 409 `project-exists` */
  async create(draft: ProjectDraft, person: Person): Promise<ProjectView> {
    if (draft.id === PLATFORM_PROJECT) throw taken(draft.id);
    const project = await inTransaction(this.pool, async (client) => {
      const made = await insertProject(client, draft);
      await enqueue(client, [announce(made)]);
      await audit(client, {
        actor: person.email,
        project: made.id,
        action: 'project.created',
        target: made.id,
        detail: draft,
      });
      return made;
    }).catch((error: unknown) => {
      throw isUniqueViolation(error) ? taken(draft.id) : error;
    });
    await this.publisher.flushSoon();
    return toView(project, 'owner');
  }
}

const taken = (id: string): ProblemError =>
  new ProblemError({
    status: 409,
    code: 'project-exists',
    title: 'This project exists',
    detail: `Choose another id than '${id}'.`,
  });
