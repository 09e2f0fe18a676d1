import { Readable } from 'node:stream';
import { KafkaError } from '@hermes/connectors/kafka/driver';
import { HermesEvent } from '@hermes/contracts/event';
import { Access } from '@hermes/service-kit/access';
import { zodOk } from '@hermes/service-kit/openapi';
import { notFound, parse, ProblemError, unavailable } from '@hermes/service-kit/problem';
import { SERVICE_RUNTIME, type ServiceRuntime } from '@hermes/service-kit/runtime';
import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { IngestConfig } from '../config.ts';
import { EventsQuery } from './event-query.ts';
import { HistoryProgress } from './history-progress.ts';
import { HistoryRepository, historyProblem } from './history.repository.ts';

const DAY_MS = 86_400_000;
/** How long `complete=true` waits for the landing, which is a second behind as a rule. */
const COMPLETE_WITHIN_MS = 15_000;
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
  private readonly progress: HistoryProgress;
  private readonly runtime: ServiceRuntime<IngestConfig>;
  constructor(
    @Inject(HistoryRepository) history: HistoryRepository,
    @Inject(HistoryProgress) progress: HistoryProgress,
    @Inject(SERVICE_RUNTIME) runtime: ServiceRuntime<IngestConfig>,
  ) {
    this.history = history;
    this.progress = progress;
    this.runtime = runtime;
  }

  /**
   * The project's history as NDJSON, ordered by type, subject, time, source, id, or over all types asked for with `order=subject` by subject,
   * time, source, id, and with `order=subject-offset` by subject, each subject's as they stand on `<project>.events`; with
   * `order=log` as they stand there, the partitions side by side by their clocks. The header `hermes-kept-since` says from which receipt on history is kept: what was received before has
   * expired. With `complete=true` it waits until what stands on `<project>.events` has landed, and answers 503 `history-behind` when
   * that takes too long.
   */
  @Get('events')
  @Access({ scope: 'events:read', role: 'viewer', service: true })
  @ApiQuery({ name: 'type', required: false, isArray: true, type: String })
  @ApiQuery({ name: 'subject', required: false })
  @ApiQuery({ name: 'from', required: false, description: 'by time, included' })
  @ApiQuery({ name: 'to', required: false, description: 'by time, not included' })
  @ApiQuery({ name: 'receivedFrom', required: false, description: 'by receipt, included' })
  @ApiQuery({ name: 'receivedTo', required: false, description: 'by receipt, included' })
  @ApiQuery({ name: 'partition', required: false, description: 'of <project>.events' })
  @ApiQuery({ name: 'untilOffset', required: false, description: 'only events before it in the partition' })
  @ApiQuery({ name: 'order', required: false, enum: ['type', 'subject', 'subject-offset', 'log'] })
  @ApiQuery({ name: 'afterSubject', required: false, description: 'with an order by subject: only those after it' })
  @ApiQuery({
    name: 'counted',
    required: false,
    enum: ['true', 'false'],
    description: 'hermes-events says about how many',
  })
  @ApiQuery({
    name: 'places',
    required: false,
    enum: ['true', 'false'],
    description: 'with partition: {offset, event} a line',
  })
  @ApiQuery({ name: 'complete', required: false, enum: ['true', 'false'] })
  @ApiQuery({ name: 'limit', required: false })
  @zodOk(HermesEvent, 200, 'One event a line')
  async events(@Param('p') id: string, @Query() query: unknown, @Res() reply: FastifyReply): Promise<void> {
    const project = this.runtime.control.project(id);
    if (project === undefined) throw notFound('project', id);
    const asked = parse(EventsQuery, query, 'query');
    if (asked.partition !== undefined && asked.partition >= project.partitions) {
      throw notFound(
        'partition',
        String(asked.partition),
        `The project has the partitions 0 to ${project.partitions - 1}.`,
      );
    }
    const gone = new AbortController();
    reply.raw.on('close', () => gone.abort());
    if (asked.complete) await this.untilComplete(id, asked, gone.signal);
    const count = asked.counted
      ? await this.history.count(id, project.partitions, asked, gone.signal).catch(rethrow)
      : undefined;
    const batches = this.history.events(id, project.partitions, asked, gone.signal);
    // The first rows decide whether this is an answer or a problem; after them only a broken stream can tell of a fault.
    const first = await batches.next().catch(rethrow);
    const keptSinceMs = Date.now() - this.runtime.config.INGEST_EVENT_LOG_DAYS * DAY_MS;
    if (count !== undefined) void reply.header('hermes-events', count);
    await reply
      .type('application/x-ndjson')
      .header('hermes-kept-since', new Date(keptSinceMs).toISOString())
      .send(Readable.from(whole(first, batches)));
  }

  private async untilComplete(project: string, asked: EventsQuery, signal: AbortSignal): Promise<void> {
    const reached = await this.progress.reached(project, asked, COMPLETE_WITHIN_MS, signal).catch((error: unknown) => {
      throw error instanceof KafkaError && error.retriable ? unavailable('Kafka', error) : error;
    });
    if (!reached) throw historyBehind();
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

const historyBehind = (): ProblemError =>
  new ProblemError({
    status: 503,
    code: 'history-behind',
    title: 'The history is behind',
    detail: `Not everything that was asked for has landed within ${COMPLETE_WITHIN_MS / 1_000} s; ask again, or without 'complete' for what is there.`,
    headers: { 'retry-after': '5' },
  });

const rethrow = (error: unknown): never => {
  throw historyProblem(error);
};

async function* whole(first: IteratorResult<string>, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}
