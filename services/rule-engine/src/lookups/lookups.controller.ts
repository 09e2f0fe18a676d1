import {
  HttpLookup,
  LookupDraft,
  LookupId,
  LookupSeen,
  LookupView,
  MAX_LOOKUP_KEY_LENGTH,
  RedisLookup,
} from '@hermes/contracts/lookup';
import { Access, Caller, type CallerIdentity, nameOfCaller } from '@hermes/service-kit/access';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { parse } from '@hermes/service-kit/problem';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Res } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { LookupsService } from './lookups.service.ts';

const Lookups = z.object({
  lookups: z.array(LookupView),
  /** Servers that a lookup of kind `redis` may name. */
  servers: z.array(z.string()),
});
const TryBody = z.strictObject({ key: z.string().min(1).max(MAX_LOOKUP_KEY_LENGTH) });
const TryAnswer = LookupSeen.extend({ durationMs: z.number() });

/** Where rules look up what no event says. */
@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p/lookups')
export class LookupsController {
  private readonly lookups: LookupsService;
  constructor(@Inject(LookupsService) lookups: LookupsService) {
    this.lookups = lookups;
  }

  @Get()
  @Access({ role: 'viewer' })
  @zodOk(Lookups)
  list(@Param('p') project: string): Promise<z.infer<typeof Lookups>> {
    return this.lookups.list(project);
  }

  @Get(':id')
  @ApiParam({ name: 'id', description: 'Lookup id' })
  @Access({ role: 'viewer' })
  @zodOk(LookupView)
  get(@Param('p') project: string, @Param('id') id: string): Promise<LookupView> {
    return this.lookups.get(project, id);
  }

  /** In force within a second; 201 when it is new. A header with the value `***` stays as it is. */
  @Put(':id')
  @ApiParam({ name: 'id', description: 'Lookup id' })
  @Access({ role: 'owner' })
  @zodBody(LookupDraft)
  @zodOk(LookupView)
  @zodOk(LookupView, 201, 'A new one')
  async put(
    @Param('p') project: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Caller() caller: CallerIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LookupView> {
    const draft = parse(schemaOf(body), body);
    const saved = await this.lookups.save(project, parse(LookupId, id, 'path'), draft, nameOfCaller(caller));
    void reply.status(saved.isNew ? 201 : 200);
    return saved.lookup;
  }

  /** 409 while a rule names it. */
  @Delete(':id')
  @ApiParam({ name: 'id', description: 'Lookup id' })
  @HttpCode(204)
  @Access({ role: 'owner' })
  async delete(@Param('p') project: string, @Param('id') id: string, @Caller() caller: CallerIdentity): Promise<void> {
    await this.lookups.delete(project, id, nameOfCaller(caller));
  }

  /** Asks it now, as a rule would, and says what it answered and how long that took. */
  @Post(':id/try')
  @ApiParam({ name: 'id', description: 'Lookup id' })
  @HttpCode(200)
  @Access({ role: 'editor' })
  @zodBody(TryBody)
  @zodOk(TryAnswer)
  try(@Param('p') project: string, @Param('id') id: string, @Body() body: unknown): Promise<z.infer<typeof TryAnswer>> {
    return this.lookups.try(project, id, parse(TryBody, body).key);
  }
}

/** The schema of the kind that is meant, so that what is wrong is said of that one alone. */
function schemaOf(body: unknown): z.ZodType<LookupDraft> {
  const { data } = z.looseObject({ kind: z.enum(['http', 'redis']) }).safeParse(body);
  if (data === undefined) return LookupDraft;
  return data.kind === 'http' ? HttpLookup : RedisLookup;
}
