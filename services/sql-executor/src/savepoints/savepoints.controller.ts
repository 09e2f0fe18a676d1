import { Job } from '@hermes/contracts/job';
import { Savepoint, Savepoints, StartJob, StopJob, StoppedJob, TakeSavepoint } from '@hermes/contracts/savepoint';
import { Access, Caller, type CallerIdentity, nameOfCaller } from '@hermes/service-kit/access';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import type { z } from 'zod';
import { SavepointsService } from './savepoints.service.ts';

@Controller('v1/projects/:p/jobs/:id')
export class SavepointsController {
  private readonly savepoints: SavepointsService;
  constructor(@Inject(SavepointsService) savepoints: SavepointsService) {
    this.savepoints = savepoints;
  }

  /**
   * Starts the newest version; a version that ran before goes on from its newest checkpoint. With a savepoint: a new run of the newest version, which
   * begins from it; refused when the savepoint has state without a place in the text, unless that is allowed.
   */
  @Post('start')
  @HttpCode(200)
  @Access({ role: 'editor' })
  @zodBody(StartJob)
  @zodOk(Job)
  start(
    @Param('p') project: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Caller() caller: CallerIdentity,
  ): Promise<Job> {
    return this.savepoints.start(project, id, body, nameOfCaller(caller));
  }

  /** With a savepoint: takes it and stops, or answers 409 `savepoint-failed` and the job goes on. */
  @Post('stop')
  @HttpCode(200)
  @Access({ role: 'editor' })
  @zodBody(StopJob)
  @zodOk(StoppedJob)
  stop(
    @Param('p') project: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Caller() caller: CallerIdentity,
  ): Promise<StoppedJob> {
    return this.savepoints.stop(project, id, body, nameOfCaller(caller));
  }

  @Get('savepoints')
  @Access({ role: 'viewer' })
  @zodOk(Savepoints)
  async list(@Param('p') project: string, @Param('id') id: string): Promise<z.infer<typeof Savepoints>> {
    return { savepoints: [...(await this.savepoints.list(project, id))] };
  }

  /** Answers when the savepoint is on disk and all rows of before it are acknowledged, or 409 `savepoint-failed`. */
  @Post('savepoints')
  @HttpCode(201)
  @Access({ role: 'editor' })
  @zodBody(TakeSavepoint)
  @zodOk(Savepoint, 201)
  take(
    @Param('p') project: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Caller() caller: CallerIdentity,
  ): Promise<Savepoint> {
    return this.savepoints.take(project, id, body, nameOfCaller(caller));
  }

  @Delete('savepoints/:sid')
  @HttpCode(204)
  @Access({ role: 'editor' })
  async delete(
    @Param('p') project: string,
    @Param('id') id: string,
    @Param('sid') savepoint: string,
    @Caller() caller: CallerIdentity,
  ): Promise<void> {
    await this.savepoints.delete(project, id, savepoint, nameOfCaller(caller));
  }
}
