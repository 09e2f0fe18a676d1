import { languageOf } from '@hermes/contracts/language';
import { Rule } from '@hermes/contracts/rule';
import { RuleShadow, RuleShadowBody, RuleShadows, ShadowComparison } from '@hermes/contracts/rule-shadow';
import { Access, Caller, type CallerIdentity, nameOfCaller } from '@hermes/service-kit/access';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { parse } from '@hermes/service-kit/problem';
import { etagOf, revisionIn } from '@hermes/service-kit/revision-etag';
import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiParam, ApiQuery } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { authorOf } from '../rules/drafts.controller.ts';
import { ShadowsService } from './shadows.service.ts';

const Instant = z.iso.datetime({ offset: true, error: 'give an instant such as 2026-01-31T00:00:00Z' });
const ComparisonQuery = z
  .strictObject({
    version: z.coerce.number().int().min(1).max(2_147_483_647).optional(),
    from: Instant.optional(),
    to: Instant.optional(),
    samples: z.coerce.number().int().min(0).max(50).default(10),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to), {
    path: ['to'],
    message: 'it comes after "from"',
  });

const instantIn = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text));

@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p')
export class ShadowsController {
  private readonly shadows: ShadowsService;
  constructor(@Inject(ShadowsService) shadows: ShadowsService) {
    this.shadows = shadows;
  }

  /** What runs in the shadow of versions in force. */
  @Get('rule-shadows')
  @Access({ role: 'viewer' })
  @zodOk(RuleShadows)
  async list(
    @Param('p') project: string,
    @Headers('accept-language') languages: string | undefined,
  ): Promise<z.infer<typeof RuleShadows>> {
    return { shadows: [...(await this.shadows.list(project, languageOf(languages)))] };
  }

  /** The version that runs in the shadow, and what keeps it from being promoted. */
  @Get('rules/:id/shadow')
  @ApiParam({ name: 'id', description: 'Rule id' })
  @Access({ role: 'viewer' })
  @zodOk(RuleShadow)
  get(
    @Param('p') project: string,
    @Param('id') id: string,
    @Headers('accept-language') languages: string | undefined,
  ): Promise<RuleShadow> {
    return this.shadows.get(project, id, languageOf(languages));
  }

  /** Makes the draft a version that decides on the same events as the one in force, and does nothing. With If-Match only the draft that was read (412 otherwise). */
  @Post('rules/:id/shadow')
  @ApiParam({ name: 'id', description: 'Rule id' })
  @HttpCode(201)
  @Access({ role: 'editor' })
  @zodOk(RuleShadow, 201)
  start(
    @Param('p') project: string,
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Headers('accept-language') languages: string | undefined,
    @Caller() caller: CallerIdentity,
  ): Promise<RuleShadow> {
    return this.shadows.start(project, id, nameOfCaller(caller), languageOf(languages), revisionIn(ifMatch));
  }

  /** What it decided stays, and so does the version; it is not put in force. */
  @Delete('rules/:id/shadow')
  @ApiParam({ name: 'id', description: 'Rule id' })
  @HttpCode(204)
  @Access({ role: 'editor' })
  async end(@Param('p') project: string, @Param('id') id: string, @Caller() caller: CallerIdentity): Promise<void> {
    await this.shadows.end(project, id, nameOfCaller(caller));
  }

  /** Another person's word on the version. */
  @Post('rules/:id/shadow/approve')
  @ApiParam({ name: 'id', description: 'Rule id' })
  @HttpCode(200)
  @Access({ role: 'approver' })
  @zodBody(RuleShadowBody)
  @zodOk(RuleShadow)
  approve(
    @Param('p') project: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('accept-language') languages: string | undefined,
    @Caller() caller: CallerIdentity,
  ): Promise<RuleShadow> {
    return this.shadows.approve(project, id, body, authorOf(caller), languageOf(languages));
  }

  /** Puts the version in force, under its number. */
  @Post('rules/:id/shadow/promote')
  @ApiParam({ name: 'id', description: 'Rule id' })
  @HttpCode(200)
  @Access({ role: 'editor' })
  @zodBody(RuleShadowBody)
  @zodOk(Rule)
  async promote(
    @Param('p') project: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('accept-language') languages: string | undefined,
    @Caller() caller: CallerIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Rule> {
    const rule = await this.shadows.promote(project, id, body, nameOfCaller(caller), languageOf(languages));
    void reply.header('etag', etagOf(rule.version));
    return rule;
  }

  /** On which events the candidate and the version in force fired, both or one alone, in the part of the period in which the candidate ran. */
  @Get('rules/:id/shadow/comparison')
  @ApiParam({ name: 'id', description: 'Rule id' })
  @ApiQuery({ name: 'version', required: false, description: 'Without it the newest that runs or ran in the shadow' })
  @ApiQuery({ name: 'from', required: false, description: 'ISO 8601; included. Without it since it ran' })
  @ApiQuery({ name: 'to', required: false, description: 'ISO 8601; not included. Without it until it ended, or now' })
  @ApiQuery({ name: 'samples', required: false, description: 'So many of each difference' })
  @Access({ role: 'viewer' })
  @zodOk(ShadowComparison)
  compare(
    @Param('p') project: string,
    @Param('id') id: string,
    @Query() query: unknown,
    @Headers('accept-language') languages: string | undefined,
  ): Promise<ShadowComparison> {
    const { version, from, to, samples } = parse(ComparisonQuery, query, 'query');
    const asked = { version, fromMs: instantIn(from), toMs: instantIn(to), samples };
    return this.shadows.compare(project, id, asked, languageOf(languages));
  }
}
