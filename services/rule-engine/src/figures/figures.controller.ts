import { isConnectionError } from '@hermes/connectors/clickhouse/retry';
import { isPostgresAway } from '@hermes/connectors/postgres/postgres-away';
import { RuleFigures } from '@hermes/contracts/rule-figures';
import { Access } from '@hermes/service-kit/access';
import { zodOk } from '@hermes/service-kit/openapi';
import { parse, unavailable } from '@hermes/service-kit/problem';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiParam, ApiQuery } from '@nestjs/swagger';
import { z } from 'zod';
import { DecisionsService } from '../decisions/decisions.service.ts';
import { FiguresRepository } from './figures.repository.ts';

const WEEK_MS = 7 * 86_400_000;

const Instant = z.iso.datetime({ offset: true, error: 'give an instant such as 2026-01-31T00:00:00Z' });
const FiguresQuery = z
  .strictObject({ from: Instant.optional(), to: Instant.optional() })
  .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to), {
    path: ['to'],
    message: 'it comes after "from"',
  });

@ApiParam({ name: 'p', description: 'Project id' })
@ApiParam({ name: 'id', description: 'Rule id' })
@Controller('v1/projects/:p/rules/:id/figures')
export class FiguresController {
  private readonly figures: FiguresRepository;
  private readonly decisions: DecisionsService;
  constructor(
    @Inject(FiguresRepository) figures: FiguresRepository,
    @Inject(DecisionsService) decisions: DecisionsService,
  ) {
    this.figures = figures;
    this.decisions = decisions;
  }

  /** What the rule's versions came to on events received in the period, which is the last 7 days unless it says otherwise. */
  @Get()
  @Access({ role: 'viewer' })
  @ApiQuery({ name: 'from', required: false, description: 'ISO 8601; included' })
  @ApiQuery({ name: 'to', required: false, description: 'ISO 8601; not included' })
  @zodOk(RuleFigures)
  async get(@Param('p') project: string, @Param('id') ruleId: string, @Query() query: unknown): Promise<RuleFigures> {
    const asked = parse(FiguresQuery, query, 'query');
    const toMs = asked.to === undefined ? Date.now() : Date.parse(asked.to);
    const to = new Date(toMs).toISOString();
    const from = new Date(asked.from === undefined ? toMs - WEEK_MS : Date.parse(asked.from)).toISOString();
    try {
      const versions = await this.figures.of({ project, ruleId, from, to });
      return { ruleId, from, to, keptSince: this.decisions.keptSince(), versions: [...versions] };
    } catch (error) {
      if (isPostgresAway(error) || isConnectionError(error)) throw unavailable('What the figures are made of', error);
      throw error;
    }
  }
}
