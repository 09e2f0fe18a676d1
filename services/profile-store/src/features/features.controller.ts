import { FeatureDraft } from '@hermes/contracts/feature';
import {
  FeatureAudit,
  FeatureList,
  FeaturePreview,
  FeaturePreviewBody,
  FeatureVersions,
  FeatureView,
} from '@hermes/contracts/feature-api';
import { Access, Caller, type CallerIdentity, nameOfCaller } from '@hermes/service-kit/access';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { notFound, parse } from '@hermes/service-kit/problem';
import { etagOf, revisionIn } from '@hermes/service-kit/revision-etag';
import { SERVICE_RUNTIME, type ServiceRuntime } from '@hermes/service-kit/runtime';
import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiParam, ApiQuery } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { FeaturesService, type ViewedFeature } from './features.service.ts';
import { PreviewService } from './preview.service.ts';

const AuditQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(1_000).default(200) });

function answer({ view, revision }: ViewedFeature, reply: FastifyReply): FeatureView {
  void reply.header('etag', etagOf(revision));
  return view;
}

@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p/features')
export class FeaturesController {
  private readonly features: FeaturesService;
  private readonly previews: PreviewService;
  private readonly runtime: Pick<ServiceRuntime, 'control'>;
  constructor(
    @Inject(FeaturesService) features: FeaturesService,
    @Inject(PreviewService) previews: PreviewService,
    @Inject(SERVICE_RUNTIME) runtime: Pick<ServiceRuntime, 'control'>,
  ) {
    this.features = features;
    this.previews = previews;
    this.runtime = runtime;
  }

  /** Features that are not archived, by id. */
  @Get()
  @Access({ role: 'viewer', service: true })
  @zodOk(FeatureList)
  async list(@Param('p') project: string): Promise<z.infer<typeof FeatureList>> {
    return { features: [...(await this.features.list(project))] };
  }

  /** What a draft would answer now, had it counted the events of the last days. Nothing is written. */
  @Post('preview')
  @HttpCode(200)
  @Access({ role: 'viewer' })
  @zodBody(FeaturePreviewBody.extend({ draft: FeatureDraft }))
  @zodOk(FeaturePreview)
  async preview(
    @Param('p') project: string,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FeaturePreview> {
    const gone = new AbortController();
    reply.raw.on('close', () => gone.abort());
    return this.previews.preview(this.project(project), body, gone.signal);
  }

  @Get(':id')
  @ApiParam({ name: 'id', description: 'Feature id' })
  @Access({ role: 'viewer', service: true })
  @zodOk(FeatureView)
  async get(
    @Param('p') project: string,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FeatureView> {
    return answer(await this.features.get(project, id), reply);
  }

  /** Keeps a draft, and says what looks like a mistake; 201 for a new feature. With If-Match only on top of what was read (412 otherwise). */
  @Put(':id')
  @ApiParam({ name: 'id', description: 'Feature id' })
  @Access({ role: 'editor' })
  @zodBody(FeatureDraft)
  @zodOk(FeatureView)
  @zodOk(FeatureView, 201, 'A new feature')
  async put(
    @Param('p') project: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: CallerIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FeatureView> {
    const saved = await this.features.saveDraft(project, id, body, nameOfCaller(caller), revisionIn(ifMatch));
    void reply.status(saved.isNew ? 201 : 200);
    return answer(saved, reply);
  }

  /** Makes the draft a version that is filled from history and then answered. The same draft again publishes nothing. */
  @Post(':id/publish')
  @ApiParam({ name: 'id', description: 'Feature id' })
  @HttpCode(202)
  @Access({ role: 'editor' })
  @zodOk(FeatureView, 202)
  async publish(
    @Param('p') project: string,
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: CallerIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FeatureView> {
    const by = nameOfCaller(caller);
    return answer(await this.features.publish(this.project(project), id, by, revisionIn(ifMatch)), reply);
  }

  /** Takes the feature out of force; 409 `in-use` while a published ratio names it. */
  @Delete(':id')
  @ApiParam({ name: 'id', description: 'Feature id' })
  @HttpCode(204)
  @Access({ role: 'editor' })
  async archive(
    @Param('p') project: string,
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: CallerIdentity,
  ): Promise<void> {
    await this.features.archive(project, id, nameOfCaller(caller), revisionIn(ifMatch));
  }

  /** Every version there ever was, newest first. */
  @Get(':id/versions')
  @ApiParam({ name: 'id', description: 'Feature id' })
  @Access({ role: 'viewer', service: true })
  @zodOk(FeatureVersions)
  async versions(@Param('p') project: string, @Param('id') id: string): Promise<z.infer<typeof FeatureVersions>> {
    return { versions: [...(await this.features.versions(project, id))] };
  }

  /** Who changed what, newest first. */
  @Get(':id/audit')
  @ApiParam({ name: 'id', description: 'Feature id' })
  @ApiQuery({ name: 'limit', required: false })
  @Access({ role: 'viewer' })
  @zodOk(FeatureAudit)
  async audit(
    @Param('p') project: string,
    @Param('id') id: string,
    @Query() query: unknown,
  ): Promise<z.infer<typeof FeatureAudit>> {
    const { limit } = parse(AuditQuery, query, 'query');
    return { audit: [...(await this.features.audit(project, id, limit))] };
  }

  private project(id: string): ReturnType<ServiceRuntime['control']['project']> & object {
    const project = this.runtime.control.project(id);
    if (project === undefined) throw notFound('project', id);
    return project;
  }
}
