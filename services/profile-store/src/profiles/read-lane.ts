import type { ControlCopy } from '@hermes/service-kit/control-copy';
import { credentialOf } from '@hermes/service-kit/access';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { matchesEtag } from './etag.ts';
import { etagOf } from './profile-answer.ts';
import { isSubject, JSON_TYPE } from './profiles.controller.ts';
import type { ProfilesService } from './profiles.service.ts';

const ROUTE = '/v1/projects/:p/profiles/:subject';
type Query = Readonly<Record<string, string | undefined>>;

/**
 * The short way of the one request that comes thousands of times a second: named features of one subject, asked for with a key. It is
 * answered before guards, pipes and interceptors are looked up for it, from the same service as on the usual way. Whatever is not just that
 * (a person, a quota, an instant of the past, a compressed answer, anything that will be refused) goes on to the controller, so that what a
 * caller may do, and what it is told, is decided there alone.
 */
export function openReadLane(
  fastify: FastifyInstance,
  control: Pick<ControlCopy, 'key' | 'project'>,
  profiles: ProfilesService,
): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.method !== 'GET' || request.routeOptions.url !== ROUTE) return done();
    const answer = plainRead(request, control, profiles);
    if (answer === undefined) return done();
    answer.then(
      (body) => send(request, reply, body),
      (error: unknown) => done(error as Error),
    );
  });
}

/** The answer's text on its way; undefined when the controller has to look at the request. */
function plainRead(
  { params, query, headers }: FastifyRequest,
  control: Pick<ControlCopy, 'key' | 'project'>,
  profiles: ProfilesService,
): Promise<string> | undefined {
  const { p, subject } = params as { readonly p: string; readonly subject: string };
  const { features, ...others } = query as Query;
  if (typeof features !== 'string' || Object.keys(others).length > 0) return undefined;
  if (headers['accept-encoding']?.includes('gzip') === true || !isSubject(subject)) return undefined;
  const credential = credentialOf(headers.authorization);
  const key = credential?.startsWith('hk_') === true ? control.key(credential) : undefined;
  const project = control.project(p);
  if (key === undefined || project === undefined || key.project !== p) return undefined;
  if (!key.scopes.includes('profiles:read') || key.readsPerMinute !== undefined) return undefined;
  return profiles.readPlain(project, subject, features, { kind: 'key', key });
}

/** As the controller answers, on the bare response. */
function send(request: FastifyRequest, reply: FastifyReply, body: string): void {
  const etag = etagOf(body);
  reply.hijack();
  const { raw } = reply;
  const tags = ['etag', etag, 'cache-control', 'private, no-cache', 'vary', 'accept-encoding'];
  if (matchesEtag(request.headers['if-none-match'], etag)) {
    raw.writeHead(304, tags);
    raw.end();
    return;
  }
  const bytes = Buffer.byteLength(body);
  raw.writeHead(200, [...tags, 'content-type', JSON_TYPE, 'content-length', String(bytes)]);
  // ASCII is the same in both, and quicker in the second.
  raw.end(body, bytes === body.length ? 'latin1' : 'utf8');
}
