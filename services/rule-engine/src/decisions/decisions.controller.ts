import { Decision } from '@hermes/contracts/decision';
import { Subject } from '@hermes/contracts/identifiers';
import { DecisionView } from '@hermes/contracts/review-api';
import { Access } from '@hermes/service-kit/access';
import { zodOk } from '@hermes/service-kit/openapi';
import { parse } from '@hermes/service-kit/problem';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiParam, ApiQuery } from '@nestjs/swagger';
import { z } from 'zod';
import { DecisionsService } from './decisions.service.ts';
import { isPlaceInList } from './place-in-list.ts';

const DecisionsQuery = z.strictObject({
  ruleId: z.string().min(1).max(64).optional(),
  ruleVersion: z.coerce.number().int().min(1).max(4_294_967_295).optional(),
  subject: Subject.optional(),
  /** Of rules that go by another key than the subject. */
  key: Subject.optional(),
  /** Decisions of rules in the shadow: `only` these, or `with` the others. */
  shadow: z.enum(['without', 'only', 'with']).default('without'),
  /** `next` of the page before. */
  before: z.string().refine(isPlaceInList, "give the 'next' of an answer").optional(),
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
  private readonly decisions: DecisionsService;
  constructor(@Inject(DecisionsService) decisions: DecisionsService) {
    this.decisions = decisions;
  }

  /** Newest first; here within 5 s of the decision. */
  @Get()
  @Access({ role: 'viewer', service: true })
  @ApiQuery({ name: 'ruleId', required: false })
  @ApiQuery({ name: 'ruleVersion', required: false })
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
    const found = await this.decisions.list(project, { ...filter, after, limit: filter.limit + 1 });
    const decisions = found.slice(0, filter.limit);
    const last = found.length > filter.limit ? decisions.at(-1) : undefined;
    const next = last === undefined ? null : `${last.receivedAt}/${last.id}`;
    return { decisions, next, keptSince: this.decisions.keptSince() };
  }

  /** One decision: rule, version, event, what each condition saw, what was done, and what people say of it. */
  @Get(':id')
  @ApiParam({ name: 'id', description: 'Decision id' })
  @Access({ role: 'viewer' })
  @zodOk(DecisionView)
  get(@Param('p') project: string, @Param('id') id: string): Promise<DecisionView> {
    return this.decisions.view(project, id);
  }
}
