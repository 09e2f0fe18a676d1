import { Access, Caller, type CallerIdentity } from '@hermes/service-kit/access';
import { zodOk } from '@hermes/service-kit/openapi';
import { parse } from '@hermes/service-kit/problem';
import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiParam, ApiQuery } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { requireSubject } from '../profiles/profiles.controller.ts';
import { SegmentEvents, SegmentExternalIds, type SegmentCursor, SegmentTraits } from './segment-page.ts';
import { type SegmentList, SegmentService } from './segment.service.ts';

const next = z.string().min(1).max(2_048).optional();
const limitUpTo = (most: number) => z.coerce.number().int().min(1).max(most).default(10);
const TraitsQuery = z.strictObject({
  include: z.string().max(16_384).optional(),
  class: z.enum(['computed_trait', 'audience']).optional(),
  limit: limitUpTo(200),
  next,
});
const IdsQuery = z.strictObject({ limit: limitUpTo(100), next });
const EventsQuery = z.strictObject({ limit: limitUpTo(100), next });

/** Both under the project's own path and under Segment's, where the collection has a name that changes nothing. */
const PATHS = ['v1/projects/:p/profiles/:subject', 'v1/spaces/:p/collections/:collection/profiles/:subject'];

@ApiParam({ name: 'p', description: 'Project id' })
@ApiParam({ name: 'subject', description: 'URL-encoded, for example customer%3Ac-7' })
@Controller(PATHS)
export class SegmentController {
  private readonly segment: SegmentService;
  constructor(@Inject(SegmentService) segment: SegmentService) {
    this.segment = segment;
  }

  /** Features and attributes as Segment's traits, by name. `include` names some; what has no value is left out. */
  @Get('traits')
  @Access({ scope: 'profiles:read', role: 'viewer' })
  @ApiQuery({ name: 'include', required: false, description: 'names, separated by commas' })
  @ApiQuery({ name: 'class', required: false, enum: ['computed_trait', 'audience'] })
  @ApiQuery({ name: 'limit', required: false, description: '10 when missing, at most 200' })
  @ApiQuery({ name: 'next', required: false })
  @zodOk(SegmentTraits)
  async traits(
    @Req() request: FastifyRequest,
    @Query() query: unknown,
    @Caller() caller: CallerIdentity,
  ): Promise<SegmentTraits> {
    const asked = parse(TraitsQuery, query, 'query');
    const answer = await this.segment.traits(listOf(request, caller), asked);
    return { ...answer, cursor: withFilters(answer.cursor, { include: asked.include, class: asked.class }) };
  }

  /** The subject itself: a subject has no other ids. */
  @Get('external_ids')
  @Access({ scope: 'profiles:read', role: 'viewer' })
  @ApiQuery({ name: 'limit', required: false })
  @zodOk(SegmentExternalIds)
  async externalIds(
    @Req() request: FastifyRequest,
    @Query() query: unknown,
    @Caller() caller: CallerIdentity,
  ): Promise<SegmentExternalIds> {
    return this.segment.externalIds(listOf(request, caller), parse(IdsQuery, query, 'query').limit);
  }

  /** The subject's events of the last 14 days, newest first; here some seconds after they came. Not for keys that name features. */
  @Get('events')
  @Access({ scope: 'profiles:read', role: 'viewer' })
  @ApiQuery({ name: 'limit', required: false, description: '10 when missing, at most 100' })
  @ApiQuery({ name: 'next', required: false })
  @zodOk(SegmentEvents)
  async events(
    @Req() request: FastifyRequest,
    @Query() query: unknown,
    @Caller() caller: CallerIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SegmentEvents> {
    const gone = new AbortController();
    reply.raw.on('close', () => gone.abort());
    return this.segment.events(listOf(request, caller), parse(EventsQuery, query, 'query'), gone.signal);
  }
}

function listOf(request: FastifyRequest, caller: CallerIdentity): SegmentList {
  const {
    p: project = '',
    subject = '',
    collection = 'users',
  } = request.params as Readonly<Record<string, string | undefined>>;
  requireSubject(subject);
  return { project, subject, collection, caller, path: request.url.split('?', 1)[0] ?? '' };
}

/** The next page has the filters of this one. */
function withFilters(cursor: SegmentCursor, filters: Readonly<Record<string, string | undefined>>): SegmentCursor {
  if (!cursor.has_more) return cursor;
  const [path = '', search = ''] = cursor.url.split('?', 2);
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(filters)) if (value !== undefined) query.set(name, value);
  return { ...cursor, url: `${path}?${query.toString()}` };
}
