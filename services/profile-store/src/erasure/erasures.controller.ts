import { ErasureList, ErasureRequest, ErasureVerification, ErasureView } from '@hermes/contracts/erasure-api';
import { Subject } from '@hermes/contracts/identifiers';
import { Access, Caller, type CallerIdentity, nameOfCaller } from '@hermes/service-kit/access';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { parse } from '@hermes/service-kit/problem';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiParam, ApiQuery } from '@nestjs/swagger';
import { z } from 'zod';
import { requireSubject } from '../profiles/profiles.controller.ts';
import { ErasuresService } from './erasures.service.ts';

const ErasuresQuery = z.strictObject({
  subject: Subject.optional(),
  before: z.string().min(1).max(64).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p')
export class ErasuresController {
  private readonly erasures: ErasuresService;
  constructor(@Inject(ErasuresService) erasures: ErasuresService) {
    this.erasures = erasures;
  }

  /**
   * Deletes what is kept of a subject: its profile, its events, dead letters and decisions up to now, and keeps out what comes later of
   * that time. 202 means that it will happen; the answer's `missing` says which stores have not reported yet. Owners only. It cannot be taken
   * back.
   */
  @Post('profiles/:subject/erasure')
  @HttpCode(202)
  @ApiParam({ name: 'subject', description: 'URL-encoded, for example customer%3Ac-7' })
  @Access({ role: 'owner' })
  @zodBody(ErasureRequest)
  @zodOk(ErasureView, 202)
  async request(
    @Param('p') project: string,
    @Param('subject') subject: string,
    @Body() body: unknown,
    @Caller() caller: CallerIdentity,
  ): Promise<ErasureView> {
    requireSubject(subject);
    return this.erasures.request(project, subject, parse(ErasureRequest, body ?? {}), nameOfCaller(caller));
  }

  /** Newest first. With `subject` those of that subject, also when only its hash is kept any more. */
  @Get('erasures')
  @Access({ role: 'owner' })
  @ApiQuery({ name: 'subject', required: false })
  @ApiQuery({ name: 'before', required: false, description: 'only those after this id in the list' })
  @ApiQuery({ name: 'limit', required: false })
  @zodOk(ErasureList)
  async list(@Param('p') project: string, @Query() query: unknown): Promise<ErasureList> {
    return this.erasures.list(project, parse(ErasuresQuery, query, 'query'));
  }

  @Get('erasures/:id')
  @ApiParam({ name: 'id', description: 'Erasure id' })
  @Access({ role: 'owner' })
  @zodOk(ErasureView)
  async get(@Param('p') project: string, @Param('id') id: string): Promise<ErasureView> {
    return this.erasures.get(project, id);
  }

  /**
   * Recomputes the digests of the project's complete erasures. Whoever could change the database could compute a new chain as well: keep
   * the digest of an erasure elsewhere, and compare.
   */
  @Post('erasures/:id/verify')
  @HttpCode(200)
  @ApiParam({ name: 'id', description: 'Erasure id' })
  @Access({ role: 'owner' })
  @zodOk(ErasureVerification)
  async verify(@Param('p') project: string, @Param('id') id: string): Promise<ErasureVerification> {
    return this.erasures.verify(project, id);
  }
}
