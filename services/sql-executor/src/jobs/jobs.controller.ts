import { ExplainedJob, Job, JobDraft, SqlProblem } from '@hermes/contracts/job';
import { Access, Caller, type CallerIdentity, nameOfCaller } from '@hermes/service-kit/access';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { parse } from '@hermes/service-kit/problem';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put } from '@nestjs/common';
import { z } from 'zod';
import { JobsService } from './jobs.service.ts';

const Jobs = z.object({ jobs: z.array(Job) });
const ValidateBody = z.object({ sql: z.string().max(100_000) });
const ValidateAnswer = z.object({ problems: z.array(SqlProblem) });

@Controller('v1/projects/:p')
export class JobsController {
  private readonly jobs: JobsService;
  constructor(@Inject(JobsService) jobs: JobsService) {
    this.jobs = jobs;
  }

  @Get('jobs')
  @Access({ role: 'viewer' })
  @zodOk(Jobs)
  async list(@Param('p') project: string): Promise<z.infer<typeof Jobs>> {
    return { jobs: [...(await this.jobs.list(project))] };
  }

  @Post('jobs')
  @HttpCode(201)
  @Access({ role: 'editor' })
  @zodBody(JobDraft)
  @zodOk(Job, 201)
  create(@Param('p') project: string, @Body() body: unknown, @Caller() caller: CallerIdentity): Promise<Job> {
    return this.jobs.create(project, body, nameOfCaller(caller));
  }

  @Get('jobs/:id')
  @Access({ role: 'viewer' })
  @zodOk(Job)
  get(@Param('p') project: string, @Param('id') id: string): Promise<Job> {
    return this.jobs.get(project, id);
  }

  /** A new version of the text; it takes effect with the next start. */
  @Put('jobs/:id')
  @Access({ role: 'editor' })
  @zodBody(JobDraft)
  @zodOk(Job)
  update(
    @Param('p') project: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Caller() caller: CallerIdentity,
  ): Promise<Job> {
    return this.jobs.update(project, id, body, nameOfCaller(caller));
  }

  /** Stops the job and forgets its checkpoints and savepoints; the rows in ClickHouse stay. */
  @Delete('jobs/:id')
  @HttpCode(204)
  @Access({ role: 'editor' })
  async delete(@Param('p') project: string, @Param('id') id: string): Promise<void> {
    await this.jobs.delete(project, id);
  }

  /** Everything that is wrong with a text, with line and column; nothing is stored. */
  @Post('validate')
  @HttpCode(200)
  @Access({ role: 'viewer' })
  @zodBody(ValidateBody)
  @zodOk(ValidateAnswer)
  async validate(@Param('p') project: string, @Body() body: unknown): Promise<z.infer<typeof ValidateAnswer>> {
    return { problems: [...(await this.jobs.problems(project, parse(ValidateBody, body).sql))] };
  }

  /** What a text would run; nothing is stored, and no server is asked. */
  @Post('explain')
  @HttpCode(200)
  @Access({ role: 'viewer' })
  @zodBody(ValidateBody)
  @zodOk(ExplainedJob)
  explain(@Param('p') project: string, @Body() body: unknown): ExplainedJob {
    return this.jobs.explain(project, parse(ValidateBody, body).sql);
  }
}
