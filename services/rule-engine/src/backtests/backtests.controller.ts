import { languageOf } from '@hermes/contracts/language';
import { Backtest, BacktestBody, Backtests, BacktestView, NewRuleBacktestBody } from '@hermes/contracts/rule-backtest';
import { Access, Caller, type CallerIdentity, nameOfCaller } from '@hermes/service-kit/access';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { parse } from '@hermes/service-kit/problem';
import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { BacktestsService } from './backtests.service.ts';

/** Of one rule. */
@ApiParam({ name: 'p', description: 'Project id' })
@ApiParam({ name: 'id', description: 'Rule id' })
@Controller('v1/projects/:p/rules/:id/backtests')
export class RuleBacktestsController {
  private readonly backtests: BacktestsService;
  constructor(@Inject(BacktestsService) backtests: BacktestsService) {
    this.backtests = backtests;
  }

  /** Runs a version, a draft, or without either the draft that is saved, else what is in force, over the past `days`, beside the version in force. */
  @Post()
  @HttpCode(202)
  @Access({ role: 'editor' })
  @zodBody(BacktestBody)
  @zodOk(Backtest, 202)
  async request(
    @Param('p') project: string,
    @Param('id') ruleId: string,
    @Body() body: unknown,
    @Headers('accept-language') languages: string | undefined,
    @Caller() caller: CallerIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Backtest> {
    const given = parse(BacktestBody, body);
    const backtest = await this.backtests.request(project, ruleId, given, nameOfCaller(caller), languageOf(languages));
    void reply.header('location', `/v1/projects/${project}/rules/${ruleId}/backtests/${backtest.id}`);
    return backtest;
  }

  /** Newest first; results are kept for 30 days. */
  @Get()
  @Access({ role: 'viewer' })
  @zodOk(Backtests)
  async list(
    @Param('p') project: string,
    @Param('id') ruleId: string,
    @Headers('accept-language') languages: string | undefined,
  ): Promise<z.infer<typeof Backtests>> {
    return { backtests: await this.backtests.list(project, ruleId, languageOf(languages)) };
  }

  /** How far it is, and once it is done what came of it. */
  @Get(':b')
  @ApiParam({ name: 'b', description: 'Backtest id' })
  @Access({ role: 'viewer' })
  @zodOk(BacktestView)
  async get(
    @Param('p') project: string,
    @Param('id') ruleId: string,
    @Param('b') id: string,
    @Headers('accept-language') languages: string | undefined,
  ): Promise<BacktestView> {
    return this.backtests.get(project, ruleId, id, languageOf(languages));
  }

  /** Ends it; one that is over stays as it is. */
  @Delete(':b')
  @ApiParam({ name: 'b', description: 'Backtest id' })
  @HttpCode(204)
  @Access({ role: 'editor' })
  async cancel(
    @Param('p') project: string,
    @Param('id') ruleId: string,
    @Param('b') id: string,
    @Headers('accept-language') languages: string | undefined,
  ): Promise<void> {
    await this.backtests.cancel(project, ruleId, id, languageOf(languages));
  }
}

/** Of rules that are not there yet. */
@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p/rule-backtests')
export class NewRuleBacktestsController {
  private readonly backtests: BacktestsService;
  constructor(@Inject(BacktestsService) backtests: BacktestsService) {
    this.backtests = backtests;
  }

  /** Runs a draft over the past `days`, before it is saved under any id. */
  @Post()
  @HttpCode(202)
  @Access({ role: 'editor' })
  @zodBody(NewRuleBacktestBody)
  @zodOk(Backtest, 202)
  async request(
    @Param('p') project: string,
    @Body() body: unknown,
    @Headers('accept-language') languages: string | undefined,
    @Caller() caller: CallerIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Backtest> {
    const given = parse(NewRuleBacktestBody, body);
    const by = nameOfCaller(caller);
    const backtest = await this.backtests.request(project, undefined, given, by, languageOf(languages));
    void reply.header('location', `/v1/projects/${project}/rule-backtests/${backtest.id}`);
    return backtest;
  }

  /** Newest first; results are kept for 30 days. */
  @Get()
  @Access({ role: 'viewer' })
  @zodOk(Backtests)
  async list(
    @Param('p') project: string,
    @Headers('accept-language') languages: string | undefined,
  ): Promise<z.infer<typeof Backtests>> {
    return { backtests: await this.backtests.list(project, null, languageOf(languages)) };
  }

  /** How far it is, and once it is done what came of it. */
  @Get(':b')
  @ApiParam({ name: 'b', description: 'Backtest id' })
  @Access({ role: 'viewer' })
  @zodOk(BacktestView)
  async get(
    @Param('p') project: string,
    @Param('b') id: string,
    @Headers('accept-language') languages: string | undefined,
  ): Promise<BacktestView> {
    return this.backtests.get(project, null, id, languageOf(languages));
  }

  /** Ends it; one that is over stays as it is. */
  @Delete(':b')
  @ApiParam({ name: 'b', description: 'Backtest id' })
  @HttpCode(204)
  @Access({ role: 'editor' })
  async cancel(
    @Param('p') project: string,
    @Param('b') id: string,
    @Headers('accept-language') languages: string | undefined,
  ): Promise<void> {
    await this.backtests.cancel(project, null, id, languageOf(languages));
  }
}
