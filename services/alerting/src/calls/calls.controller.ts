import { Access } from '@hermes/service-kit/access';
import { zodOk } from '@hermes/service-kit/openapi';
import { parse } from '@hermes/service-kit/problem';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Pool } from 'pg';
import { z } from 'zod';
import { NotificationView } from '../notifications/notification-view.ts';
import { listCalls } from './calls.repository.ts';

/** The pool, for controllers that only read. */
export const DATABASE = Symbol('database');

const CallQuery = z.strictObject({
  decisionId: z.string().min(1).max(300).optional(),
  status: NotificationView.shape.status.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  /** `next` of the page before. */
  before: z.string().min(1).max(100).optional(),
});
const CallList = z.object({
  calls: z.array(NotificationView.extend({ decisionId: z.string() })),
  /** What to pass as `before` for the next page; null at the end. */
  next: z.string().nullable(),
});

@ApiTags('webhooks')
@Controller('v1/projects/:p/webhook-calls')
export class CallsController {
  private readonly db: Pool;
  constructor(@Inject(DATABASE) db: Pool) {
    this.db = db;
  }

  @Get()
  @Access({ scope: 'alerts:read', role: 'viewer' })
  @ApiOperation({ summary: "Webhooks that rules' actions called, newest first, with their attempts" })
  @ApiQuery({ name: 'decisionId', required: false })
  @ApiQuery({ name: 'status', required: false, enum: ['pending', 'delivered', 'failed'] })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', default: 50, maximum: 500 } })
  @ApiQuery({ name: 'before', required: false, description: '`next` of the page before' })
  @zodOk(CallList)
  async list(@Param('p') project: string, @Query() query: unknown): Promise<z.infer<typeof CallList>> {
    const page = parse(CallQuery, query, 'query');
    const calls = await listCalls(this.db, project, page);
    return { calls: [...calls], next: calls.length < page.limit ? null : (calls.at(-1)?.id ?? null) };
  }
}
