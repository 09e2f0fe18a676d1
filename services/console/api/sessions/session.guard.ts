import { REQUEST_HEADER } from '@hermes/contracts/console-api';
import type { Role } from '@hermes/contracts/control';
import { Public, roleCovers } from '@hermes/service-kit/access';
import { notFound, ProblemError } from '@hermes/service-kit/problem';
import {
  applyDecorators,
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Inject,
  Injectable,
  SetMetadata,
  UseGuards,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Person } from './session.repository.ts';
import { SessionCookie } from './session-cookie.ts';
import { SessionService } from './session.service.ts';

export type SignedInRequest = FastifyRequest & { hermesPerson?: Person };

/** What a route of the console asks for: nothing but a session, a role in the project `:p`, or an operator. */
export type Demand = 'session' | 'operator' | Role;

const DEMAND = 'hermes:console-demand';

/** Opens a route of the console to signed-in people who meet the demand. */
export const SignedIn = (demand: Demand = 'session'): MethodDecorator & ClassDecorator =>
  applyDecorators(
    Public(demand === 'session' || demand === 'operator' ? demand : { role: demand }),
    SetMetadata(DEMAND, demand),
    UseGuards(SessionGuard),
  );

/** Parameter decorator: who is signed in. */
export const Who = createParamDecorator((_: unknown, context: ExecutionContext) => {
  return context.switchToHttp().getRequest<SignedInRequest>().hermesPerson;
});

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses writes that another site could have caused: the header cannot be sent across sites without a preflight, which the
 * console never answers, and browsers state the site themselves.
 *
 * @throws ProblemError 403 `cross-site`
 */
export function refuseCrossSite(request: Pick<FastifyRequest, 'method' | 'headers'>): void {
  if (SAFE.has(request.method)) return;
  const site = request.headers['sec-fetch-site'];
  const sameSite = site === undefined || site === 'same-origin' || site === 'none';
  if (sameSite && request.headers[REQUEST_HEADER] !== undefined) return;
  throw new ProblemError({
    status: 403,
    code: 'cross-site',
    title: 'This write did not come from the console',
    detail: `Send the header '${REQUEST_HEADER}: 1' from the console's own origin.`,
  });
}

/** @throws ProblemError 401 `signed-out` */
export function requirePerson(person: Person | undefined): Person {
  if (person !== undefined) return person;
  throw new ProblemError({
    status: 401,
    code: 'signed-out',
    title: 'You are signed out',
    detail: 'Sign in and try again.',
  });
}

/** The role of a person in a project: operators own every project. */
export const roleIn = (person: Person, project: string): Role | undefined =>
  person.operator ? 'owner' : person.roles[project];

/** @throws ProblemError 403 `forbidden`, or 404 where even the existence is not theirs to know */
export function requireDemand(person: Person, demand: Demand, project: string | undefined): void {
  if (demand === 'session') return;
  if (demand === 'operator') {
    if (!person.operator) throw forbidden('Only platform operators may do this.');
    return;
  }
  const role = project === undefined ? undefined : roleIn(person, project);
  if (role === undefined) throw notFound('project', project ?? '');
  if (!roleCovers(role, demand)) throw forbidden(`This needs the role '${demand}' in the project; you are '${role}'.`);
}

const forbidden = (detail: string): ProblemError =>
  new ProblemError({ status: 403, code: 'forbidden', title: 'Not allowed', detail });

@Injectable()
export class SessionGuard implements CanActivate {
  private readonly sessions: SessionService;
  private readonly cookie: SessionCookie;
  private readonly reflector = new Reflector();
  constructor(@Inject(SessionService) sessions: SessionService, @Inject(SessionCookie) cookie: SessionCookie) {
    this.sessions = sessions;
    this.cookie = cookie;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<SignedInRequest>();
    refuseCrossSite(request);
    const person = requirePerson(await this.sessions.person(this.cookie.read(request)));
    const demand = this.reflector.getAllAndOverride<Demand>(DEMAND, [context.getHandler(), context.getClass()]);
    requireDemand(person, demand, (request.params as Readonly<Record<string, string | undefined>>)['p']);
    request.hermesPerson = person;
    return true;
  }
}
