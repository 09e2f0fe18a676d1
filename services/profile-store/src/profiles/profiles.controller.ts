import { Subject } from '@hermes/contracts/identifiers';
import { Profile } from '@hermes/contracts/profile';
import { Access } from '@hermes/service-kit/access';
import { zodOk } from '@hermes/service-kit/openapi';
import { notFound, ProblemError, unavailable } from '@hermes/service-kit/problem';
import { SERVICE_RUNTIME, type ServiceRuntime } from '@hermes/service-kit/runtime';
import { Controller, Get, Headers, Inject, Param, Res } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { ProfileStoreConfig } from '../config.ts';
import { matchesEtag } from './etag.ts';
import { ProfilesRepository } from './profiles.repository.ts';

@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p/profiles')
export class ProfilesController {
  private readonly profiles: ProfilesRepository;
  private readonly runtime: ServiceRuntime<ProfileStoreConfig>;
  constructor(
    @Inject(ProfilesRepository) profiles: ProfilesRepository,
    @Inject(SERVICE_RUNTIME) runtime: ServiceRuntime<ProfileStoreConfig>,
  ) {
    this.profiles = profiles;
    this.runtime = runtime;
  }

  /**
   * What the subject has done until now. A subject without events is an answer too (`known: false`); when Redis is away there is
   * none (503).
   */
  @Get(':subject')
  @ApiParam({ name: 'subject', description: 'URL-encoded, for example broker%3Ab-17' })
  @Access({ scope: 'profiles:read', role: 'viewer' })
  @zodOk(Profile)
  async get(
    @Param('p') projectId: string,
    @Param('subject') subject: string,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Profile | undefined> {
    const project = this.runtime.control.project(projectId);
    if (project === undefined) throw notFound('project', projectId);
    const valid = Subject.safeParse(subject);
    if (!valid.success) {
      throw new ProblemError({
        status: 400,
        code: 'invalid-subject',
        title: 'The subject is not valid',
        detail: valid.error.issues[0]?.message ?? 'a subject is "<kind>:<id>"',
      });
    }
    const read = await this.profiles.read(project, subject);
    if (read.kind === 'unavailable') throw unavailable('Redis', read.cause);
    void reply.header('etag', read.etag).header('cache-control', 'private, no-cache');
    if (matchesEtag(ifNoneMatch, read.etag)) {
      void reply.status(304);
      return undefined;
    }
    return read.profile;
  }
}
