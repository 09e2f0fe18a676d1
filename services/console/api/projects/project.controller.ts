import { ProjectDraft, ProjectView } from '@hermes/contracts/console-api';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { parse } from '@hermes/service-kit/problem';
import { Body, Controller, Get, Inject, Post } from '@nestjs/common';
import { z } from 'zod';
import { SignedIn, Who } from '../sessions/session.guard.ts';
import type { Person } from '../sessions/session.repository.ts';
import { ProjectService } from './project.service.ts';

@Controller('api/projects')
export class ProjectController {
  private readonly projects: ProjectService;
  constructor(@Inject(ProjectService) projects: ProjectService) {
    this.projects = projects;
  }

  @Get()
  @SignedIn()
  @zodOk(z.object({ projects: z.array(ProjectView) }))
  async list(@Who() person: Person): Promise<{ readonly projects: readonly ProjectView[] }> {
    return { projects: await this.projects.of(person) };
  }

  @Post()
  @SignedIn('operator')
  @zodBody(ProjectDraft)
  @zodOk(ProjectView, 201)
  async create(@Who() person: Person, @Body() body: unknown): Promise<ProjectView> {
    return await this.projects.create(parse(ProjectDraft, body), person);
  }
}
