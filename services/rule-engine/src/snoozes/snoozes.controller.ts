import { Rule } from '@hermes/contracts/rule';
import { MAX_SNOOZES, Snooze, SnoozeDraft, Snoozes } from '@hermes/contracts/snooze';
import { subjectHash } from '@hermes/contracts/subject-hash';
import { Access, Caller, type CallerIdentity, nameOfCaller } from '@hermes/service-kit/access';
import { DefinitionPublisher } from '@hermes/service-kit/definition-publisher';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { orUnavailable } from '@hermes/service-kit/postgres-answer';
import { notFound, parse, ProblemError } from '@hermes/service-kit/problem';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import type { z } from 'zod';
import { SnoozesRepository } from './snoozes.repository.ts';

const HOUR_MS = 3_600_000;
const LONGEST_MS = 366 * 24 * HOUR_MS;
const HASH = /^[0-9a-f]{64}$/u;

const problem = (status: number, code: string, title: string, detail: string): ProblemError =>
  new ProblemError({ status, code, title, detail });

/** @throws ProblemError 400 `not-in-future`, `too-long` */
function endOf({ until, hours }: SnoozeDraft): Date {
  const now = Date.now();
  const endMs = until === undefined ? now + (hours ?? 0) * HOUR_MS : Date.parse(until);
  if (endMs <= now) throw problem(400, 'not-in-future', 'This instant is over', 'A snooze ends in the future.');
  if (endMs > now + LONGEST_MS)
    throw problem(400, 'too-long', 'The snooze is too long', 'A snooze lasts at most 366 days.');
  return new Date(endMs);
}

@ApiParam({ name: 'p', description: 'Project id' })
@ApiParam({ name: 'id', description: 'Rule id' })
@Controller('v1/projects/:p/rules/:id/snoozes')
export class SnoozesController {
  private readonly snoozes: SnoozesRepository;
  private readonly publisher: Pick<DefinitionPublisher<unknown>, 'publishSoon'>;
  constructor(
    @Inject(SnoozesRepository) snoozes: SnoozesRepository,
    @Inject(DefinitionPublisher) publisher: Pick<DefinitionPublisher<unknown>, 'publishSoon'>,
  ) {
    this.snoozes = snoozes;
    this.publisher = publisher;
  }

  /** For whom the rule does not fire now. */
  @Get()
  @Access({ role: 'viewer' })
  @zodOk(Snoozes)
  async list(@Param('p') project: string, @Param('id') id: string): Promise<z.infer<typeof Snoozes>> {
    return { snoozes: [...(await orUnavailable(this.snoozes.list(project, id)))] };
  }

  /** The rule does not fire for a key until then; in the place of a snooze that it has. */
  @Post()
  @HttpCode(201)
  @Access({ role: 'editor' })
  @zodBody(SnoozeDraft)
  @zodOk(Snooze, 201)
  async snooze(
    @Param('p') project: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Caller() caller: CallerIdentity,
  ): Promise<Snooze> {
    const draft = parse(SnoozeDraft, body);
    if (!Rule.shape.id.safeParse(id).success) throw notFound('rule', id);
    const made = { keyHash: subjectHash(draft.key), until: endOf(draft), note: draft.note, by: nameOfCaller(caller) };
    const snoozed = await orUnavailable(this.snoozes.snooze(project, id, made));
    if (snoozed.kind === 'missing') throw notFound('rule', id);
    if (snoozed.kind === 'too-many') {
      const detail = `A project has at most ${MAX_SNOOZES} snoozes; put who is never meant into a named list.`;
      throw problem(409, 'too-many-snoozes', 'There are too many snoozes', detail);
    }
    await this.publisher.publishSoon(project);
    return snoozed.snooze;
  }

  /** The rule fires for the key again; named by the key, or by its hash. */
  @Delete(':key')
  @ApiParam({ name: 'key', description: 'The key, or its hash' })
  @HttpCode(204)
  @Access({ role: 'editor' })
  async end(
    @Param('p') project: string,
    @Param('id') id: string,
    @Param('key') key: string,
    @Caller() caller: CallerIdentity,
  ): Promise<void> {
    const hash = HASH.test(key) ? key : subjectHash(key);
    const isEnded = await orUnavailable(this.snoozes.end(project, id, hash, nameOfCaller(caller)));
    if (!isEnded) throw notFound('snooze', key);
    await this.publisher.publishSoon(project);
  }
}
