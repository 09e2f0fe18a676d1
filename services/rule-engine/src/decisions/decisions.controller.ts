import { isConnectionError } from '@hermes/connectors/clickhouse/retry';
import { Decision } from '@hermes/contracts/decision';
import { Subject } from '@hermes/contracts/identifiers';
import { Access } from '@hermes/service-kit/access';
import { zodOk } from '@hermes/service-kit/openapi';
import { notFound, parse, unavailable } from '@hermes/service-kit/problem';
import { SERVICE_RUNTIME, type ServiceRuntime } from '@hermes/service-kit/runtime';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiParam, ApiQuery } from '@nestjs/swagger';
import { z } from 'zod';
import type { RuleEngineConfig } from '../config.ts';
import { DecisionsRepository } from './decisions.repository.ts';

const DecisionsQuery = z.strictObject({
  ruleId: z.string().min(1).max(64).optional(),
  subject: Subject.optional(),
  /** Of rules that go by another key than the subject. */
  key: Subject.optional(),
  /** Decisions of rules in the shadow: `only` these, or `with` the others. */
  shadow: z.enum(['without', 'only', 'with']).default('without'),
  /** `next` of the page before. */
  before: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z\/\S{1,200}$/, "give the 'next' of an answer")
    .optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(50),
});
const Decisions = z.object({
  decisions: z.array(Decision),
  /** Give it as `before` for older ones; null when there is none. */
  next: z.string().nullable(),
  /** Decisions on events received before this instant have expired. */
  keptSince: z.iso.datetime(),
});

@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p/decisions')
export class DecisionsController {
  private readonly decisions: DecisionsRepository;
  private readonly runtime: ServiceRuntime<RuleEngineConfig>;
  constructor(
    @Inject(DecisionsRepository) decisions: DecisionsRepository,
    @Inject(SERVICE_RUNTIME) runtime: ServiceRuntime<RuleEngineConfig>,
  ) {
    this.decisions = decisions;
    this.runtime = runtime;
  }

  /** Newest first; here within 5 s of the decision. */
  @Get()
  @Access({ role: 'viewer', service: true })
  @ApiQuery({ name: 'ruleId', required: false })
  @ApiQuery({ name: 'subject', required: false })
  @ApiQuery({ name: 'key', required: false })
  @ApiQuery({ name: 'shadow', required: false, enum: ['without', 'only', 'with'] })
  @ApiQuery({ name: 'before', required: false, description: '`next` of the page before' })
  @ApiQuery({ name: 'limit', required: false })
  @zodOk(Decisions)
  async list(@Param('p') project: string, @Query() query: unknown): Promise<z.infer<typeof Decisions>> {
    const { before, ...filter } = parse(DecisionsQuery, query, 'query');
    const [receivedAt, id] = before === undefined ? [] : [before.slice(0, 24), before.slice(25)];
    const after = receivedAt === undefined || id === undefined ? undefined : { receivedAt, id };
    const found = await orUnavailable(this.decisions.list(project, { ...filter, after, limit: filter.limit + 1 }));
    const decisions = found.slice(0, filter.limit);
    const last = found.length > filter.limit ? decisions.at(-1) : undefined;
    const next = last === undefined ? null : `${last.receivedAt}/${last.id}`;
    return { decisions, next, keptSince: this.keptSince() };
  }

  /** One decision: rule, version, event, and what each condition saw. */
  @Get(':id')
  @ApiParam({ name: 'id', description: 'Decision id' })
  @Access({ role: 'viewer' })
  @zodOk(Decision)
  async get(@Param('p') project: string, @Param('id') id: string): Promise<Decision> {
    const decision = await orUnavailable(this.decisions.find(project, id));
    if (decision === undefined) {
      throw notFound(
        'decision',
        id,
        `It may be less than 5 s old, or have expired: decisions are kept since ${this.keptSince()}.`,
      );
    }
    return decision;
  }

  private keptSince(): string {
    const since = new Date();
    since.setUTCMonth(since.getUTCMonth() - this.runtime.config.RULE_ENGINE_DECISION_MONTHS);
    return since.toISOString();
  }
}

async function orUnavailable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (isConnectionError(error)) throw unavailable('ClickHouse', error);
    throw error;
  }
}
