import type { ProjectRecord } from '@hermes/contracts/control';
import { IncomingEvent } from '@hermes/contracts/event';
import { IngestAnswer } from '@hermes/contracts/ingest-api';
import { SegmentBatch } from '@hermes/contracts/segment';
import { credentialOf, identify, Public } from '@hermes/service-kit/access';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { notFound, parse, ProblemError } from '@hermes/service-kit/problem';
import { SERVICE_RUNTIME, type ServiceRuntime } from '@hermes/service-kit/runtime';
import { Body, Controller, Headers, Inject, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { IngestConfig } from '../config.ts';
import { readCloudEvent } from './cloud-event.ts';
import { IntakeService } from './intake.service.ts';
import { readSegmentMessage } from './segment-message.ts';

const MAX_ITEMS = 10_000;
const Items = z
  .array(z.unknown())
  .min(1, 'send at least one event')
  .max(MAX_ITEMS, `send at most ${MAX_ITEMS} events in a request`);

/** The doors for data. Public to the guard, because the project follows from the key, which Segment may put into the body. */
@Controller('v1')
export class IntakeController {
  private readonly intake: IntakeService;
  private readonly runtime: ServiceRuntime<IngestConfig>;

  constructor(
    @Inject(IntakeService) intake: IntakeService,
    @Inject(SERVICE_RUNTIME) runtime: ServiceRuntime<IngestConfig>,
  ) {
    this.intake = intake;
    this.runtime = runtime;
  }

  /** CloudEvents in structured JSON, one or many. */
  @Post('events')
  @Public({ scope: 'events:write' })
  @zodBody(z.union([IncomingEvent, z.array(IncomingEvent)]))
  @zodOk(IngestAnswer, 202, 'Every event was accepted; 207 when some were, 422 when none was')
  async events(
    @Headers('authorization') authorization: string | undefined,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IngestAnswer> {
    const project = await this.projectOf(credentialOf(authorization));
    return this.answer(project, parse(Items, Array.isArray(body) ? body : [body]), readCloudEvent, reply);
  }

  /** Segment's HTTP Tracking API: the body of its `batch` call. */
  @Post('batch')
  @Public({ scope: 'events:write' })
  @zodBody(SegmentBatch)
  @zodOk(IngestAnswer, 202, 'Every message was accepted; 207 when some were, 422 when none was')
  async batch(
    @Headers('authorization') authorization: string | undefined,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IngestAnswer> {
    const writeKey =
      typeof body === 'object' && body !== null && 'writeKey' in body && typeof body.writeKey === 'string'
        ? body.writeKey
        : undefined;
    const project = await this.projectOf(credentialOf(authorization) ?? writeKey);
    return this.answer(project, parse(SegmentBatch, body).batch, readSegmentMessage, reply);
  }

  private async answer(
    project: ProjectRecord,
    items: readonly unknown[],
    read: Parameters<IntakeService['take']>[2],
    reply: FastifyReply,
  ): Promise<IngestAnswer> {
    const answer = await this.intake.take(project, items, read);
    void reply.status(answer.rejected === 0 ? 202 : answer.accepted === 0 ? 422 : 207);
    return answer;
  }

  private async projectOf(credential: string | undefined): Promise<ProjectRecord> {
    const caller = await identify(this.runtime.control, credential, this.runtime.config.HERMES_SERVICE_SECRET);
    if (caller.kind !== 'key' || !caller.key.scopes.includes('events:write')) {
      throw new ProblemError({
        status: 403,
        code: 'forbidden',
        title: 'Not allowed',
        detail:
          "Events are sent with a key that has the scope 'events:write'; make one in the console (project, Keys).",
      });
    }
    const project = this.runtime.control.project(caller.key.project);
    if (project === undefined) throw notFound('project', caller.key.project);
    return project;
  }
}
