import { TraceEntry } from '@hermes/contracts/decision';
import { EventTypeName } from '@hermes/contracts/identifiers';
import { MAX_EVENT_BYTES } from '@hermes/contracts/inbox-record';
import { languageOf } from '@hermes/contracts/language';
import { GivenPerson } from '@hermes/contracts/person';
import { GivenLists, GivenPrevious, Rule, RuleDraft, RuleTag, RuleTest } from '@hermes/contracts/rule';
import { ResolvedAction } from '@hermes/contracts/rule-action';
import { type ArchivedRule, RuleCheck, SavedRule } from '@hermes/contracts/rule-api';
import { Access, Caller, type CallerIdentity, nameOfCaller } from '@hermes/service-kit/access';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { parse, ProblemError } from '@hermes/service-kit/problem';
import { etagOf, revisionIn } from '@hermes/service-kit/revision-etag';
import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiParam, ApiQuery } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { RulesService } from './rules.service.ts';

const Rules = z.object({ rules: z.array(Rule.extend({ archivedAt: z.iso.datetime().optional() })) });
const ListQuery = z.strictObject({ archived: z.enum(['true', 'false']).optional(), tag: RuleTag.optional() });
const CheckQuery = z.strictObject({ id: z.string().optional() });
/** The event as a rule sees it; what a rule does not look at may be left out. */
const DryRunBody = z.strictObject({
  event: z.looseObject({
    type: EventTypeName,
    data: z.record(z.string(), z.unknown()),
    subject: z.string().optional(),
    time: z.iso.datetime({ offset: true }).optional(),
  }),
  earlier: RuleTest.shape.earlier,
  waits: RuleTest.shape.waits,
  /** What features of the subject are, the event included; by id. Those that are not given are missing. */
  features: z.record(z.string(), z.unknown()).optional(),
  /** What stands in named lists, by id; of those that are not given it is what stands in them now. */
  lists: GivenLists.optional(),
  /** What stood at paths in the event before; where it is not given, nothing did. */
  previous: GivenPrevious.optional(),
  /** What lookups answer, whatever the key; by id. Nothing is looked up. */
  lookups: z.record(z.string(), z.unknown()).optional(),
  /** Of the rule, one in the shadow too; without it the newest that was published. */
  version: z.number().int().min(1).max(2_147_483_647).optional(),
  /** What is known of the person; what is not given has not been told. */
  person: GivenPerson.optional(),
});
const DryRunAnswer = z.object({
  ruleId: z.string(),
  ruleVersion: z.number().int(),
  /** Whether the rule looks at events of this type. */
  interested: z.boolean(),
  outcome: z.enum(['fires', 'does-not-fire', 'undecidable']),
  trace: z.array(TraceEntry),
  /** What it would do besides its alert; absent where it does not fire, or has nothing to do. */
  actions: z.array(ResolvedAction).optional(),
});

/** Ingest accepts none that is larger, so no rule is to be measured against one. */
const tooLarge = (): ProblemError =>
  new ProblemError({
    status: 400,
    code: 'too-large',
    title: 'The event is too large',
    detail: `An event has at most ${MAX_EVENT_BYTES / 1_024} KB.`,
  });

@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p/rules')
export class RulesController {
  private readonly rules: RulesService;
  constructor(@Inject(RulesService) rules: RulesService) {
    this.rules = rules;
  }

  /** Rules in force; with `archived=true` those that are out of it, with the content of their newest version. */
  @Get()
  @ApiQuery({ name: 'archived', required: false })
  @ApiQuery({ name: 'tag', required: false })
  @Access({ role: 'viewer' })
  @zodOk(Rules)
  async list(
    @Param('p') project: string,
    @Query() query: unknown,
  ): Promise<{ readonly rules: readonly (Rule | ArchivedRule)[] }> {
    const { archived, tag } = parse(ListQuery, query, 'query');
    const rules = archived === 'true' ? await this.rules.archived(project) : await this.rules.list(project);
    return { rules: tag === undefined ? rules : rules.filter((rule) => rule.tags?.includes(tag) === true) };
  }

  @Post()
  @HttpCode(201)
  @Access({ role: 'editor' })
  @zodBody(RuleDraft)
  @zodOk(SavedRule, 201)
  async create(
    @Param('p') project: string,
    @Body() body: unknown,
    @Headers('accept-language') languages: string | undefined,
    @Caller() caller: CallerIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SavedRule> {
    const rule = await this.rules.create(project, body, nameOfCaller(caller), languageOf(languages));
    void reply.header('etag', etagOf(rule.version)).header('location', `/v1/projects/${project}/rules/${rule.id}`);
    return rule;
  }

  /** What saving a draft would say, so that a form can ask while somebody types: nothing is saved. `id`: under which it would be. */
  @Post('check')
  @ApiQuery({ name: 'id', required: false })
  @HttpCode(200)
  @Access({ role: 'viewer' })
  @zodBody(RuleDraft)
  @zodOk(RuleCheck)
  async check(
    @Param('p') project: string,
    @Body() body: unknown,
    @Query() query: unknown,
    @Headers('accept-language') languages: string | undefined,
  ): Promise<RuleCheck> {
    const { id } = parse(CheckQuery, query, 'query');
    return this.rules.check(project, body, id, languageOf(languages));
  }

  @Get(':id')
  @ApiParam({ name: 'id', description: 'Rule id' })
  @Access({ role: 'viewer' })
  @zodOk(Rule)
  async get(
    @Param('p') project: string,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Rule> {
    const rule = await this.rules.get(project, id);
    void reply.header('etag', etagOf(rule.version));
    return rule;
  }

  /** A new version, in force at once; 201 when it is the first. With If-Match only on top of that version (412 otherwise). */
  @Put(':id')
  @ApiParam({ name: 'id', description: 'Rule id' })
  @Access({ role: 'editor' })
  @zodBody(RuleDraft)
  @zodOk(SavedRule)
  @zodOk(SavedRule, 201, 'The first version')
  async put(
    @Param('p') project: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
    @Headers('accept-language') languages: string | undefined,
    @Caller() caller: CallerIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SavedRule> {
    const by = nameOfCaller(caller);
    const { rule, isNew } = await this.rules.put(project, id, body, by, languageOf(languages), revisionIn(ifMatch));
    void reply.status(isNew ? 201 : 200).header('etag', etagOf(rule.version));
    return rule;
  }

  @Delete(':id')
  @ApiParam({ name: 'id', description: 'Rule id' })
  @HttpCode(204)
  @Access({ role: 'editor' })
  async delete(@Param('p') project: string, @Param('id') id: string, @Caller() caller: CallerIdentity): Promise<void> {
    await this.rules.delete(project, id, nameOfCaller(caller));
  }

  /** What a version, as a rule the published one, says about an event, condition by condition. Nothing is written. */
  @Post(':id/dry-run')
  @ApiParam({ name: 'id', description: 'Rule id' })
  @HttpCode(200)
  @Access({ role: 'viewer' })
  @zodBody(DryRunBody)
  @zodOk(DryRunAnswer)
  async dryRun(
    @Param('p') project: string,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<z.infer<typeof DryRunAnswer>> {
    const { event, ...given } = parse(DryRunBody, body);
    const events = [event, ...(given.earlier ?? [])];
    if (events.some((one) => Buffer.byteLength(JSON.stringify(one)) > MAX_EVENT_BYTES)) throw tooLarge();
    const { rule, interested, outcome, trace, actions } = await this.rules.dryRun(project, id, event, given);
    return {
      ruleId: rule.id,
      ruleVersion: rule.version,
      interested,
      outcome,
      trace: [...trace],
      ...(actions === undefined ? {} : { actions: [...actions] }),
    };
  }
}
