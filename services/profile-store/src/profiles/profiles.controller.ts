import type { ProjectRecord } from '@hermes/contracts/control';
import { Subject } from '@hermes/contracts/identifiers';
import { Profile, ProfileBatch, ProfileBatchAnswer, ProfileFeatures } from '@hermes/contracts/profile';
import { Access, Caller, type CallerIdentity } from '@hermes/service-kit/access';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { parse, ProblemError } from '@hermes/service-kit/problem';
import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiParam, ApiQuery } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { etagOf, matchesEtag } from './etag.ts';
import { ProfilesService } from './profiles.service.ts';

export const JSON_TYPE = 'application/json; charset=utf-8';
const SUBJECT = /^[a-z][a-z0-9_-]*:\S+$/;

export const isSubject = (subject: string): boolean => subject.length <= 256 && SUBJECT.test(subject);

/** @throws ProblemError 400 `invalid-subject` */
export function requireSubject(subject: string): void {
  if (isSubject(subject)) return;
  throw new ProblemError({
    status: 400,
    code: 'invalid-subject',
    title: 'The subject is not valid',
    detail: Subject.safeParse(subject).error?.issues[0]?.message ?? 'a subject is "<kind>:<id>"',
  });
}

@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p/profiles')
export class ProfilesController {
  private readonly profiles: ProfilesService;
  constructor(@Inject(ProfilesService) profiles: ProfilesService) {
    this.profiles = profiles;
  }

  /**
   * Several profiles at once, in the order asked for: their features, without the activity. Counts as so many reads of the key's quota.
   */
  @Post('batch')
  @HttpCode(200)
  @Access({ scope: 'profiles:read', role: 'viewer', service: true })
  @zodBody(ProfileBatch)
  @zodOk(ProfileBatchAnswer)
  async batch(
    @Param('p') projectId: string,
    @Body() body: unknown,
    @Caller() caller: CallerIdentity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { subjects, features } = parse(ProfileBatch, body);
    for (const subject of subjects) requireSubject(subject);
    const project: ProjectRecord = this.profiles.project(projectId);
    const profiles = await this.profiles.readManyJson(project, subjects, features?.join(','), caller);
    await reply.type(JSON_TYPE).header('cache-control', 'private, no-cache').send(`{"profiles":${profiles}}`);
  }

  /**
   * What the subject has done until now. With `features` those alone; without, all that the caller may see, and the activity. Values are
   * computed at the time of the read, each for the interval that it names. A subject without events is an answer too (`known: false`); when
   * Redis is away there is none (503). `at`: what this would have answered at an instant of the last 24 h.
   */
  @Get(':subject')
  @ApiParam({ name: 'subject', description: 'URL-encoded, for example broker%3Ab-17' })
  @ApiQuery({ name: 'features', required: false, description: 'ids, separated by commas' })
  @ApiQuery({ name: 'at', required: false, description: 'an instant of the last 24 h' })
  @Access({ scope: 'profiles:read', role: 'viewer', service: true })
  @zodOk(z.union([Profile, ProfileFeatures]))
  async get(
    @Param('p') projectId: string,
    @Param('subject') subject: string,
    @Query() query: Readonly<Record<string, string | undefined>>,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Caller() caller: CallerIdentity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    requireSubject(subject);
    const stranger = Object.keys(query).find((name) => name !== 'features' && name !== 'at');
    if (stranger !== undefined) {
      throw new ProblemError({
        status: 400,
        code: 'invalid-input',
        title: 'The query is not valid',
        detail: `There is no parameter '${stranger}'; there are 'features' and 'at'.`,
      });
    }
    const project = this.profiles.project(projectId);
    const body =
      query['at'] === undefined
        ? await this.profiles.readJson(project, subject, query['features'], caller)
        : await this.profiles.readJsonAt(project, subject, query['features'], caller, query['at']);
    const etag = etagOf(body);
    void reply.header('etag', etag).header('cache-control', 'private, no-cache');
    if (matchesEtag(ifNoneMatch, etag)) await reply.status(304).send();
    else await reply.type(JSON_TYPE).send(body);
  }
}
