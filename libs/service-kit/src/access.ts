import { type KeyRecord, type KeyScope, Role, type TokenClaims } from '@hermes/contracts/control';
import type { ServiceName } from '@hermes/contracts/identifiers';
import {
  applyDecorators,
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { ControlCopy } from './control-copy.ts';
import { notFound, ProblemError } from './problem.ts';
import { claimsToBeAService, verifyServiceToken } from './service-token.ts';

/** Who calls: an application with a key of one project, a person with a token, or another service of the platform. */
export type CallerIdentity =
  | { readonly kind: 'key'; readonly key: KeyRecord }
  | { readonly kind: 'person'; readonly claims: TokenClaims }
  | { readonly kind: 'service'; readonly name: ServiceName };

/** What a route asks for: a key with `scope`, a person with at least `role` in the project `:p`, or, with `service`, any service. */
export interface AccessRule {
  readonly scope?: KeyScope;
  readonly role?: Role;
  readonly service?: boolean;
}

/** A caller's name in what is kept about a change: a person's e-mail, `key:<id>`, `service:<name>`. */
export function nameOfCaller(caller: CallerIdentity): string {
  switch (caller.kind) {
    case 'person':
      return caller.claims.email;
    case 'key':
      return `key:${caller.key.id}`;
    case 'service':
      return `service:${caller.name}`;
  }
}

const ACCESS = 'hermes:access';
type RouteAccess = AccessRule | 'public' | 'operator';
/** Who may call a route, as its description says: everybody, operators, who is signed in at the console, or whom the rule names. */
export type DescribedAccess = RouteAccess | 'session';

/** Where a route's description (OpenAPI) says who may call it, as DescribedAccess. */
export const ACCESS_EXTENSION = 'x-hermes-access';

const opened = (access: RouteAccess, described: DescribedAccess = access): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(ACCESS, access), ApiExtension(ACCESS_EXTENSION, described));

/** Opens a route to keys with the scope, to people with the role (or above), and to services where it says so; without it a route is closed. */
export const Access = (rule: AccessRule): MethodDecorator & ClassDecorator => opened(rule);
/**
 * Opens a route to everybody, as far as the kit's guard goes.
 *
 * @param described - who gets through where the route, or a guard of its own, asks for more
 */
export const Public = (described: DescribedAccess = 'public'): MethodDecorator & ClassDecorator =>
  opened('public', described);
/** Opens a route to platform operators. */
export const Operator = (): MethodDecorator & ClassDecorator => opened('operator');

type RequestWithCaller = FastifyRequest & { hermesCaller?: CallerIdentity };

/** Parameter decorator: the CallerIdentity of a route that is not public. */
export const Caller = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<RequestWithCaller>().hermesCaller,
);

const unauthorized = (detail: string): ProblemError =>
  new ProblemError({
    status: 401,
    code: 'unauthorized',
    title: 'Who are you?',
    detail,
    headers: { 'www-authenticate': 'Bearer, Basic realm="hermes"' },
  });
const forbidden = (detail: string): ProblemError =>
  new ProblemError({ status: 403, code: 'forbidden', title: 'Not allowed', detail });

const CREDENTIAL = /^\s*(?:bearer\s+(\S+)|basic\s+(\S+))/i;

/** The credential of an Authorization header: a Bearer's token, or Basic's user name (Segment's write key). */
export function credentialOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const [, token, pair] = CREDENTIAL.exec(authorization) ?? [];
  if (pair === undefined) return token;
  return Buffer.from(pair, 'base64').toString().split(':', 1)[0] || undefined;
}

/** Whether `have` is at least `want` (viewer < editor < approver < owner). */
export const roleCovers = (have: Role | undefined, want: Role): boolean =>
  have !== undefined && Role.options.indexOf(have) >= Role.options.indexOf(want);

/**
 * Finds out who calls. Fails with a ProblemError 401.
 *
 * @param serviceSecret - HERMES_SERVICE_SECRET; without it no service is believed
 */
export async function identify(
  control: Pick<ControlCopy, 'key' | 'verifyToken'>,
  credential: string | undefined,
  serviceSecret?: string,
): Promise<CallerIdentity> {
  if (credential === undefined) {
    throw unauthorized("Send 'Authorization: Bearer <key>' with a key of the project (console, Keys).");
  }
  if (credential.startsWith('hk_')) {
    const key = control.key(credential);
    if (key === undefined)
      throw unauthorized('This key is unknown or has been revoked; make a new one in the console.');
    return { kind: 'key', key };
  }
  if (claimsToBeAService(credential)) {
    const name = await verifyServiceToken(serviceSecret, credential);
    if (name === undefined) {
      throw unauthorized(
        "This is not a valid token of a service; give both services the same 'HERMES_SERVICE_SECRET'.",
      );
    }
    return { kind: 'service', name };
  }
  const claims = await control.verifyToken(credential);
  if (claims === undefined) throw unauthorized('This token is not valid or has ended; sign in again.');
  return { kind: 'person', claims };
}

function check(caller: CallerIdentity, rule: AccessRule | 'operator', projectId: string | undefined): void {
  if (rule === 'operator') {
    if (caller.kind === 'person' && caller.claims.operator) return;
    throw forbidden('Only platform operators may do this.');
  }
  if (caller.kind === 'key') {
    if (rule.scope === undefined) throw forbidden('This needs a person; a key cannot do it.');
    if (!caller.key.scopes.includes(rule.scope))
      throw forbidden(`The key '${caller.key.name}' lacks the scope '${rule.scope}'.`);
    if (projectId !== undefined && caller.key.project !== projectId) {
      throw forbidden(`The key '${caller.key.name}' belongs to another project.`);
    }
    return;
  }
  if (caller.kind === 'service') {
    if (rule.service === true) return;
    throw forbidden('This needs a person or a key of the project; a service cannot do it.');
  }
  if (caller.claims.operator) return;
  if (rule.role === undefined) throw forbidden('This needs a key of the project.');
  if (projectId === undefined || !roleCovers(caller.claims.roles[projectId], rule.role)) {
    throw forbidden(`This needs the role '${rule.role}' in the project.`);
  }
}

/** Decides from the service's own copy of `hermes.control`. */
export class AccessGuard implements CanActivate {
  private readonly control: Pick<ControlCopy, 'key' | 'verifyToken' | 'project'>;
  private readonly serviceSecret: string | undefined;
  private readonly reflector = new Reflector();
  constructor(control: Pick<ControlCopy, 'key' | 'verifyToken' | 'project'>, serviceSecret: string | undefined) {
    this.control = control;
    this.serviceSecret = serviceSecret;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.getAllAndOverride<RouteAccess | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (rule === 'public') return true;
    const request = context.switchToHttp().getRequest<RequestWithCaller>();
    const caller = await identify(this.control, credentialOf(request.headers.authorization), this.serviceSecret);
    if (rule === undefined) throw forbidden('This route is closed.');
    const projectId = (request.params as Readonly<Record<string, string | undefined>>)['p'];
    check(caller, rule, projectId);
    if (projectId !== undefined && this.control.project(projectId) === undefined) throw notFound('project', projectId);
    request.hermesCaller = caller;
    return true;
  }
}
