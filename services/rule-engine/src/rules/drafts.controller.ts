import { languageOf } from '@hermes/contracts/language';
import { Rule, RuleDraft } from '@hermes/contracts/rule';
import {
  RuleApprovalBody,
  RuleDrafts,
  RuleDraftView,
  RulePublishBody,
  RuleSchedule,
  RuleSchedules,
} from '@hermes/contracts/rule-api';
import { Access, Caller, type CallerIdentity, nameOfCaller } from '@hermes/service-kit/access';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { etagOf, revisionIn } from '@hermes/service-kit/revision-etag';
import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, Post, Put, Res } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { Author } from './draft-record.ts';
import { DraftsService, type ViewedDraft } from './drafts.service.ts';

/** Of whom a change is. */
export function authorOf(caller: CallerIdentity): Author {
  const name = nameOfCaller(caller);
  return { name, id: caller.kind === 'person' ? caller.claims.sub : name };
}

function answer({ view, revision }: ViewedDraft, reply: FastifyReply): RuleDraftView {
  void reply.header('etag', etagOf(revision));
  return view;
}

@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p')
export class DraftsController {
  private readonly drafts: DraftsService;
  constructor(@Inject(DraftsService) drafts: DraftsService) {
    this.drafts = drafts;
  }

  /** What is being worked on, and what keeps it from being published: where a reviewer begins. */
  @Get('rule-drafts')
  @Access({ role: 'viewer' })
  @zodOk(RuleDrafts)
  async list(
    @Param('p') project: string,
    @Headers('accept-language') languages: string | undefined,
  ): Promise<z.infer<typeof RuleDrafts>> {
    return { drafts: [...(await this.drafts.list(project, languageOf(languages)))] };
  }

  /** Drafts that are to be published by themselves, and those that could not be. */
  @Get('rule-schedules')
  @Access({ role: 'viewer' })
  @zodOk(RuleSchedules)
  async schedules(@Param('p') project: string): Promise<z.infer<typeof RuleSchedules>> {
    return { schedules: [...(await this.drafts.schedulesOf(project))] };
  }

  @Get('rules/:id/draft')
  @ApiParam({ name: 'id', description: 'Rule id' })
  @Access({ role: 'viewer' })
  @zodOk(RuleDraftView)
  async get(
    @Param('p') project: string,
    @Param('id') id: string,
    @Headers('accept-language') languages: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RuleDraftView> {
    return answer(await this.drafts.get(project, id, languageOf(languages)), reply);
  }

  /** Keeps a draft; 201 for a new one. With If-Match only on top of what was read (412 otherwise). A change makes approvals void. */
  @Put('rules/:id/draft')
  @ApiParam({ name: 'id', description: 'Rule id' })
  @Access({ role: 'editor' })
  @zodBody(RuleDraft)
  @zodOk(RuleDraftView)
  @zodOk(RuleDraftView, 201, 'A new draft')
  async put(
    @Param('p') project: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
    @Headers('accept-language') languages: string | undefined,
    @Caller() caller: CallerIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RuleDraftView> {
    const by = authorOf(caller);
    const saved = await this.drafts.save(project, id, body, by, languageOf(languages), revisionIn(ifMatch));
    void reply.status(saved.isNew ? 201 : 200);
    return answer(saved, reply);
  }

  @Delete('rules/:id/draft')
  @ApiParam({ name: 'id', description: 'Rule id' })
  @HttpCode(204)
  @Access({ role: 'editor' })
  async delete(
    @Param('p') project: string,
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: CallerIdentity,
  ): Promise<void> {
    await this.drafts.delete(project, id, nameOfCaller(caller), revisionIn(ifMatch));
  }

  /** Another person's word on exactly the draft that was read: its hash says which. */
  @Post('rules/:id/draft/approve')
  @ApiParam({ name: 'id', description: 'Rule id' })
  @HttpCode(200)
  @Access({ role: 'approver' })
  @zodBody(RuleApprovalBody)
  @zodOk(RuleDraftView)
  async approve(
    @Param('p') project: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('accept-language') languages: string | undefined,
    @Caller() caller: CallerIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RuleDraftView> {
    const language = languageOf(languages);
    return answer(await this.drafts.approve(project, id, body, authorOf(caller), language), reply);
  }

  /** Makes the draft a version, in force at once (201 when none was), or, with `at`, then (202). */
  @Post('rules/:id/publish')
  @ApiParam({ name: 'id', description: 'Rule id' })
  @HttpCode(200)
  @Access({ role: 'editor' })
  @zodBody(RulePublishBody)
  @zodOk(Rule)
  @zodOk(Rule, 201, 'No version was in force')
  @zodOk(RuleSchedule, 202, 'It is scheduled')
  async publish(
    @Param('p') project: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
    @Headers('accept-language') languages: string | undefined,
    @Caller() caller: CallerIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Rule | RuleSchedule> {
    const [by, language] = [nameOfCaller(caller), languageOf(languages)];
    const done = await this.drafts.publish(project, id, body, by, language, revisionIn(ifMatch));
    if (done.kind === 'scheduled') {
      void reply.status(202);
      return done.schedule;
    }
    void reply.status(done.isNew ? 201 : 200).header('etag', etagOf(done.rule.version));
    return done.rule;
  }

  /** The draft stays; it is not published by itself any more. */
  @Delete('rules/:id/schedule')
  @ApiParam({ name: 'id', description: 'Rule id' })
  @HttpCode(204)
  @Access({ role: 'editor' })
  async cancel(@Param('p') project: string, @Param('id') id: string, @Caller() caller: CallerIdentity): Promise<void> {
    await this.drafts.cancelSchedule(project, id, nameOfCaller(caller));
  }
}
