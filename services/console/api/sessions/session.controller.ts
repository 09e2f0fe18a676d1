import { SessionView, SignIn } from '@hermes/contracts/console-api';
import { Public } from '@hermes/service-kit/access';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { parse } from '@hermes/service-kit/problem';
import { Body, Controller, Delete, Get, Header, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProjectService } from '../projects/project.service.ts';
import { refuseCrossSite, requirePerson } from './session.guard.ts';
import type { Person } from './session.repository.ts';
import { SessionCookie } from './session-cookie.ts';
import { SessionService } from './session.service.ts';

@Controller('api/session')
@Public()
export class SessionController {
  private readonly sessions: SessionService;
  private readonly projects: ProjectService;
  private readonly cookie: SessionCookie;
  constructor(
    @Inject(SessionService) sessions: SessionService,
    @Inject(ProjectService) projects: ProjectService,
    @Inject(SessionCookie) cookie: SessionCookie,
  ) {
    this.sessions = sessions;
    this.projects = projects;
    this.cookie = cookie;
  }

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @zodBody(SignIn)
  @zodOk(SessionView)
  async signIn(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<SessionView> {
    refuseCrossSite(request);
    const { token, expiresAt } = await this.sessions.signIn(parse(SignIn, body), request.ip);
    void reply.header('set-cookie', this.cookie.set(token, expiresAt));
    return await this.view(requirePerson(await this.sessions.person(token)));
  }

  @Get()
  @Header('cache-control', 'no-store')
  @zodOk(SessionView)
  async current(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView | undefined> {
    const person = await this.sessions.person(this.cookie.read(request));
    if (person !== undefined) return await this.view(person);
    // Nobody is signed in: an answer, not an error, so that the first look at the page leaves no error behind.
    void reply.status(204);
    return undefined;
  }

  @Delete()
  @HttpCode(204)
  async signOut(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    refuseCrossSite(request);
    const token = this.cookie.read(request);
    if (token !== undefined) await this.sessions.signOut(token);
    void reply.header('set-cookie', this.cookie.clear());
  }

  private async view(person: Person): Promise<SessionView> {
    const { id, email, name, operator, sessionExpiresAt } = person;
    return {
      user: { id, email, name, operator },
      projects: [...(await this.projects.of(person))],
      expiresAt: sessionExpiresAt,
    };
  }
}
