import { Readable } from 'node:stream';
import { HermesEvent } from '@hermes/contracts/event';
import { EventTypeName, Subject } from '@hermes/contracts/identifiers';
import { Access } from '@hermes/service-kit/access';
import { zodOk } from '@hermes/service-kit/openapi';
import { parse } from '@hermes/service-kit/problem';
import { SERVICE_RUNTIME, type ServiceRuntime } from '@hermes/service-kit/runtime';
import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { IngestConfig } from '../config.ts';
import { eventLine } from './event-log.row.ts';
import { HistoryRepository, historyProblem } from './history.repository.ts';

const DAY_MS = 86_400_000;
const Instant = z.iso.datetime({ offset: true, error: 'give an instant such as 2026-01-31T00:00:00Z' });
const EventsQuery = z.strictObject({
  type: EventTypeName.optional(),
  subject: Subject.optional(),
  from: Instant.optional(),
  to: Instant.optional(),
  limit: z.coerce.number().int().min(1).optional(),
});
const DeadLettersQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(1_000).default(100) });

const DeadLetters = z.object({
  deadLetters: z.array(
    z.object({
      at: z.iso.datetime(),
      code: z.string(),
      reason: z.string(),
      from: z.string(),
      subject: z.string().nullable(),
      value: z.string(),
    }),
  ),
});

@Controller('v1/projects/:p')
export class HistoryController {
  private readonly history: HistoryRepository;
  private readonly runtime: ServiceRuntime<IngestConfig>;
  constructor(
    @Inject(HistoryRepository) history: HistoryRepository,
    @Inject(SERVICE_RUNTIME) runtime: ServiceRuntime<IngestConfig>,
  ) {
    this.history = history;
    this.runtime = runtime;
  }

  /**
   * The project's history as NDJSON, ordered by type, subject, time, source, id. The header `hermes-kept-since` says from which
   * receipt on history is kept: what was received before has expired.
   */
  @Get('events')
  @Access({ scope: 'events:read', role: 'viewer' })
  @ApiQuery({ name: 'type', required: false })
  @ApiQuery({ name: 'subject', required: false })
  @ApiQuery({ name: 'from', required: false })
  @ApiQuery({ name: 'to', required: false })
  @ApiQuery({ name: 'limit', required: false })
  @zodOk(HermesEvent, 200, 'One event a line')
  async events(@Param('p') project: string, @Query() query: unknown, @Res() reply: FastifyReply): Promise<void> {
    const asked = parse(EventsQuery, query, 'query');
    const gone = new AbortController();
    reply.raw.on('close', () => gone.abort());
    const batches = this.history.events(project, asked, gone.signal);
    // The first rows decide whether this is an answer or a problem; after them only a broken stream can tell of a fault.
    const first = await batches.next().catch(rethrow);
    const keptSinceMs = Date.now() - this.runtime.config.INGEST_EVENT_LOG_DAYS * DAY_MS;
    await reply
      .type('application/x-ndjson')
      .header('hermes-kept-since', new Date(keptSinceMs).toISOString())
      .send(Readable.from(lines(first, batches)));
  }

  /** What could not be taken, newest first, with the reason. */
  @Get('dead-letters')
  @Access({ scope: 'events:read', role: 'viewer' })
  @ApiQuery({ name: 'limit', required: false })
  @zodOk(DeadLetters)
  async deadLetters(@Param('p') project: string, @Query() query: unknown): Promise<z.infer<typeof DeadLetters>> {
    const { limit } = parse(DeadLettersQuery, query, 'query');
    return { deadLetters: [...(await this.history.deadLetters(project, limit).catch(rethrow))] };
  }
}

const rethrow = (error: unknown): never => {
  throw historyProblem(error);
};

async function* lines(
  first: Awaited<ReturnType<ReturnType<HistoryRepository['events']>['next']>>,
  rest: ReturnType<HistoryRepository['events']>,
): AsyncGenerator<string> {
  if (first.done === true) return;
  yield first.value.map((row) => `${eventLine(row)}\n`).join('');
  for await (const rows of rest) yield rows.map((row) => `${eventLine(row)}\n`).join('');
}
