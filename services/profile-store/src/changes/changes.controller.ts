import { ProfileChange, SegmentChange } from '@hermes/contracts/profile-change';
import { Access, Caller, type CallerIdentity, credentialOf } from '@hermes/service-kit/access';
import { zodOk } from '@hermes/service-kit/openapi';
import { parse } from '@hermes/service-kit/problem';
import { Controller, Get, Headers, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiParam, ApiQuery } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { requireSubject } from '../profiles/profiles.controller.ts';
import { ChangesService } from './changes.service.ts';

const ChangesQuery = z.strictObject({
  features: z.string().max(16_384).optional(),
  segments: z.string().max(16_384).optional(),
});

const Told = z.union([ProfileChange, SegmentChange]);

/** What a stream's request says in its headers. */
interface StreamHeaders {
  readonly authorization?: string;
  readonly 'last-event-id'?: string;
}

@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p')
export class ChangesController {
  private readonly changes: ChangesService;
  constructor(@Inject(ChangesService) changes: ChangesService) {
    this.changes = changes;
  }

  /**
   * Changes of a subject's features and segments as server-sent events: `change` (data: the change), `ready` (from now on changes are told: read the
   * profile now), `reset` (changes may have been missed: read the profile anew). Last-Event-ID goes on after that change.
   */
  @Get('profiles/:subject/changes')
  @ApiParam({ name: 'subject', description: 'URL-encoded, for example customer%3Ac-7' })
  @ApiQuery({ name: 'features', required: false, description: 'ids, separated by commas; no ratios' })
  @ApiQuery({ name: 'segments', required: false, description: 'ids, separated by commas' })
  @ApiHeader({ name: 'last-event-id', required: false })
  @Access({ scope: 'profiles:read', role: 'viewer' })
  @zodOk(Told, 200, 'text/event-stream; the data of `change`')
  ofSubject(
    @Param('p') project: string,
    @Param('subject') subject: string,
    @Query() query: unknown,
    @Headers() headers: StreamHeaders,
    @Caller() caller: CallerIdentity,
    @Res() reply: FastifyReply,
  ): void {
    requireSubject(subject);
    this.open(project, subject, query, headers, caller, reply);
  }

  /** The same of all subjects of the project. An id is good in the process that gave it; in another one the answer is `reset`. */
  @Get('changes')
  @ApiQuery({ name: 'features', required: false, description: 'ids, separated by commas; no ratios' })
  @ApiQuery({ name: 'segments', required: false, description: 'ids, separated by commas' })
  @ApiHeader({ name: 'last-event-id', required: false })
  @Access({ scope: 'profiles:read', role: 'viewer' })
  @zodOk(Told, 200, 'text/event-stream; the data of `change`')
  ofAll(
    @Param('p') project: string,
    @Query() query: unknown,
    @Headers() headers: StreamHeaders,
    @Caller() caller: CallerIdentity,
    @Res() reply: FastifyReply,
  ): void {
    this.open(project, undefined, query, headers, caller, reply);
  }

  private open(
    project: string,
    subject: string | undefined,
    query: unknown,
    headers: StreamHeaders,
    caller: CallerIdentity,
    reply: FastifyReply,
  ): void {
    const { features, segments } = parse(ChangesQuery, query, 'query');
    const asked = {
      project,
      subject,
      features,
      segments,
      lastEventId: headers['last-event-id'],
      caller,
      credential: credentialOf(headers.authorization) ?? '',
    };
    const checked = this.changes.checked(asked);
    reply.hijack();
    this.changes.open(asked, checked, reply.raw);
  }
}
