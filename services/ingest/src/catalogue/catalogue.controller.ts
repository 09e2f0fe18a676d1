import { EventType, EventTypeDraft } from '@hermes/contracts/event-type';
import { EventTypeName } from '@hermes/contracts/identifiers';
import { Access, Caller, type CallerIdentity, nameOfCaller } from '@hermes/service-kit/access';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { notFound, parse } from '@hermes/service-kit/problem';
import { SERVICE_RUNTIME, type ServiceRuntime } from '@hermes/service-kit/runtime';
import { Body, Controller, Get, Inject, Param, Put, Query, Res } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { CatalogueService } from './catalogue.service.ts';

const EventTypes = z.object({ eventTypes: z.array(EventType) });
const VersionQuery = z.strictObject({ version: z.coerce.number().int().min(1).optional() });

@Controller('v1/projects/:p/event-types')
export class CatalogueController {
  private readonly catalogue: CatalogueService;
  private readonly runtime: ServiceRuntime;
  constructor(@Inject(CatalogueService) catalogue: CatalogueService, @Inject(SERVICE_RUNTIME) runtime: ServiceRuntime) {
    this.catalogue = catalogue;
    this.runtime = runtime;
  }

  /** The event types in force, by name. */
  @Get()
  @Access({ scope: 'events:read', role: 'viewer' })
  @zodOk(EventTypes)
  async list(@Param('p') project: string): Promise<{ readonly eventTypes: readonly EventType[] }> {
    return { eventTypes: await this.catalogue.list(project) };
  }

  /** One event type; an older version by `?version=`. */
  @Get(':t')
  @Access({ scope: 'events:read', role: 'viewer' })
  @ApiQuery({ name: 'version', required: false })
  @zodOk(EventType)
  async get(@Param('p') project: string, @Param('t') type: string, @Query() query: unknown): Promise<EventType> {
    return this.catalogue.get(project, parse(EventTypeName, type, 'path'), parse(VersionQuery, query, 'query').version);
  }

  /** A new version, in force at once; 201 when it is the type's first. The same content again makes no new version. */
  @Put(':t')
  @Access({ role: 'editor' })
  @zodBody(EventTypeDraft)
  @zodOk(EventType)
  async put(
    @Param('p') id: string,
    @Param('t') type: string,
    @Body() body: unknown,
    @Caller() caller: CallerIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventType> {
    const project = this.runtime.control.project(id);
    if (project === undefined) throw notFound('project', id);
    const author = nameOfCaller(caller);
    const { eventType, isNew } = await this.catalogue.put(project, parse(EventTypeName, type, 'path'), body, author);
    void reply.status(isNew && eventType.version === 1 ? 201 : 200).header('etag', `"${eventType.version}"`);
    return eventType;
  }
}
