import { languageOf } from '@hermes/contracts/language';
import { Rule } from '@hermes/contracts/rule';
import { RuleAudit, RuleSettings, RuleVersions, RuleVersionView } from '@hermes/contracts/rule-api';
import { Access, Caller, type CallerIdentity, nameOfCaller } from '@hermes/service-kit/access';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { parse } from '@hermes/service-kit/problem';
import { etagOf } from '@hermes/service-kit/revision-etag';
import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiParam, ApiQuery } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { RuleHistoryService } from './history.service.ts';

const LimitQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(1_000).default(200) });
const VersionNumber = z.coerce.number().int().min(1).max(2_147_483_647);

const limitIn = (query: unknown): number => parse(LimitQuery, query, 'query').limit;
const versionIn = (text: string): number => parse(VersionNumber, text, 'version');

@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p')
export class RuleHistoryController {
  private readonly history: RuleHistoryService;
  constructor(@Inject(RuleHistoryService) history: RuleHistoryService) {
    this.history = history;
  }

  /** Every version there ever was, newest first. */
  @Get('rules/:id/versions')
  @ApiParam({ name: 'id', description: 'Rule id' })
  @ApiQuery({ name: 'limit', required: false })
  @Access({ role: 'viewer' })
  @zodOk(RuleVersions)
  async versions(
    @Param('p') project: string,
    @Param('id') id: string,
    @Query() query: unknown,
  ): Promise<z.infer<typeof RuleVersions>> {
    return { versions: [...(await this.history.versions(project, id, limitIn(query)))] };
  }

  @Get('rules/:id/versions/:v')
  @ApiParam({ name: 'id', description: 'Rule id' })
  @ApiParam({ name: 'v', description: 'Version number' })
  @Access({ role: 'viewer' })
  @zodOk(RuleVersionView)
  async version(
    @Param('p') project: string,
    @Param('id') id: string,
    @Param('v') version: string,
  ): Promise<RuleVersionView> {
    return this.history.version(project, id, versionIn(version));
  }

  /** Puts the content of an earlier version in force as a new one, at once; of an archived rule too, and without a new approval. */
  @Post('rules/:id/versions/:v/roll-back')
  @ApiParam({ name: 'id', description: 'Rule id' })
  @ApiParam({ name: 'v', description: 'Version number' })
  @HttpCode(200)
  @Access({ role: 'editor' })
  @zodOk(Rule)
  async rollBack(
    @Param('p') project: string,
    @Param('id') id: string,
    @Param('v') version: string,
    @Headers('accept-language') languages: string | undefined,
    @Caller() caller: CallerIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Rule> {
    const by = nameOfCaller(caller);
    const rule = await this.history.rollBack(project, id, versionIn(version), by, languageOf(languages));
    void reply.header('etag', etagOf(rule.version));
    return rule;
  }

  /** Who changed what about the rule, newest first. */
  @Get('rules/:id/audit')
  @ApiParam({ name: 'id', description: 'Rule id' })
  @ApiQuery({ name: 'limit', required: false })
  @Access({ role: 'viewer' })
  @zodOk(RuleAudit)
  async audit(
    @Param('p') project: string,
    @Param('id') id: string,
    @Query() query: unknown,
  ): Promise<z.infer<typeof RuleAudit>> {
    return { audit: [...(await this.history.audit(project, id, limitIn(query)))] };
  }

  /** Who changed what about the project's rules, newest first. */
  @Get('rule-audit')
  @ApiQuery({ name: 'limit', required: false })
  @Access({ role: 'viewer' })
  @zodOk(RuleAudit)
  async auditOfProject(@Param('p') project: string, @Query() query: unknown): Promise<z.infer<typeof RuleAudit>> {
    return { audit: [...(await this.history.auditOfProject(project, limitIn(query)))] };
  }

  @Get('rule-settings')
  @Access({ role: 'viewer' })
  @zodOk(RuleSettings)
  settings(@Param('p') project: string): Promise<RuleSettings> {
    return this.history.settingsOf(project);
  }

  /** What the project asks of changes from now on. */
  @Put('rule-settings')
  @Access({ role: 'owner' })
  @zodBody(RuleSettings)
  @zodOk(RuleSettings)
  async saveSettings(
    @Param('p') project: string,
    @Body() body: unknown,
    @Caller() caller: CallerIdentity,
  ): Promise<RuleSettings> {
    const settings = parse(RuleSettings, body);
    await this.history.saveSettings(project, settings, nameOfCaller(caller));
    return settings;
  }
}
