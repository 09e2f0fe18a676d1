import { IngestProgress } from '@hermes/contracts/ingest-api';
import { Access } from '@hermes/service-kit/access';
import { zodOk } from '@hermes/service-kit/openapi';
import { notFound, parse, unavailable } from '@hermes/service-kit/problem';
import { SERVICE_RUNTIME, type ServiceRuntime } from '@hermes/service-kit/runtime';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { z } from 'zod';
import { ProgressRepository } from './progress.repository.ts';

const ProgressQuery = z.strictObject({
  source: z.string({ error: 'name the source whose counts you want' }).min(1).max(512),
});

@Controller('v1/projects/:p/ingest-progress')
export class ProgressController {
  private readonly progress: ProgressRepository;
  private readonly runtime: ServiceRuntime;
  constructor(
    @Inject(ProgressRepository) progress: ProgressRepository,
    @Inject(SERVICE_RUNTIME) runtime: ServiceRuntime,
  ) {
    this.progress = progress;
    this.runtime = runtime;
  }

  /** How far the inbox is processed, and what became of the events of one source since the project began. */
  @Get()
  @Access({ scope: 'events:read', role: 'viewer' })
  @ApiQuery({ name: 'source', required: true })
  @zodOk(IngestProgress)
  async read(@Param('p') id: string, @Query() query: unknown): Promise<IngestProgress> {
    const { source } = parse(ProgressQuery, query, 'query');
    const project = this.runtime.control.project(id);
    if (project === undefined) throw notFound('project', id);
    try {
      return await this.progress.read(id, project.partitions, source);
    } catch (error) {
      throw unavailable('The state store', error);
    }
  }
}
