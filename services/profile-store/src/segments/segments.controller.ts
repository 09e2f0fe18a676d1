import { languageOf } from '@hermes/contracts/language';
import { Segment, SegmentAudit, SegmentDraft, SegmentList, SegmentVersions } from '@hermes/contracts/profile-segment';
import { Access, Caller, type CallerIdentity, nameOfCaller } from '@hermes/service-kit/access';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { parse } from '@hermes/service-kit/problem';
import { etagOf, revisionIn } from '@hermes/service-kit/revision-etag';
import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, Put, Query, Res } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { SegmentsService } from './segments.service.ts';

const AuditQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(1_000).default(200) });

interface PutHeaders {
  readonly 'if-match'?: string;
  readonly 'accept-language'?: string;
}

@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p/segments')
export class SegmentsController {
  private readonly segments: SegmentsService;
  constructor(@Inject(SegmentsService) segments: SegmentsService) {
    this.segments = segments;
  }

  /** Segments in force, by id. */
  @Get()
  @Access({ role: 'viewer', service: true })
  @zodOk(SegmentList)
  async list(@Param('p') project: string): Promise<z.infer<typeof SegmentList>> {
    return { segments: [...(await this.segments.list(project))] };
  }

  @Get(':id')
  @ApiParam({ name: 'id', description: 'Segment id' })
  @Access({ role: 'viewer', service: true })
  @zodOk(Segment)
  async get(
    @Param('p') project: string,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Segment> {
    const segment = await this.segments.get(project, id);
    void reply.header('etag', etagOf(segment.version));
    return segment;
  }

  /**
   * Publishes a new version, in force within a second; 201 for a new segment. The same again publishes nothing. With If-Match only on top of what was read
   * (412 otherwise).
   */
  @Put(':id')
  @ApiParam({ name: 'id', description: 'Segment id' })
  @Access({ role: 'editor' })
  @zodBody(SegmentDraft)
  @zodOk(Segment)
  @zodOk(Segment, 201, 'A new segment')
  async put(
    @Param('p') project: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers() headers: PutHeaders,
    @Caller() caller: CallerIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Segment> {
    const [expected, language] = [revisionIn(headers['if-match']), languageOf(headers['accept-language'])];
    const { segment, isNew } = await this.segments.put(project, id, body, nameOfCaller(caller), language, expected);
    void reply.status(isNew ? 201 : 200).header('etag', etagOf(segment.version));
    return segment;
  }

  /** Takes it out of force; who was told to be in it is told to have left with the next event. */
  @Delete(':id')
  @ApiParam({ name: 'id', description: 'Segment id' })
  @HttpCode(204)
  @Access({ role: 'editor' })
  async delete(
    @Param('p') project: string,
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: CallerIdentity,
  ): Promise<void> {
    await this.segments.delete(project, id, nameOfCaller(caller), revisionIn(ifMatch));
  }

  /** Every version there ever was, newest first. */
  @Get(':id/versions')
  @ApiParam({ name: 'id', description: 'Segment id' })
  @Access({ role: 'viewer', service: true })
  @zodOk(SegmentVersions)
  async versions(@Param('p') project: string, @Param('id') id: string): Promise<z.infer<typeof SegmentVersions>> {
    return { versions: [...(await this.segments.versions(project, id))] };
  }

  /** Who changed what, newest first. */
  @Get(':id/audit')
  @ApiParam({ name: 'id', description: 'Segment id' })
  @Access({ role: 'viewer' })
  @zodOk(SegmentAudit)
  async audit(@Param('p') project: string, @Param('id') id: string, @Query() query: unknown): Promise<SegmentAudit> {
    const { limit } = parse(AuditQuery, query, 'query');
    return { audit: [...(await this.segments.audit(project, id, limit))] };
  }
}
