import fastifyHttpProxy from '@fastify/http-proxy';
import type { TokenClaims } from '@hermes/contracts/control';
import { ProblemError } from '@hermes/service-kit/problem';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { refuseCrossSite, requirePerson, type SignedInRequest } from '../sessions/session.guard.ts';
import type { SessionCookie } from '../sessions/session-cookie.ts';
import type { SessionService } from '../sessions/session.service.ts';
import { claimsOf } from '../tokens/token.service.ts';

export interface ServiceProxyOptions {
  /** Name in the path -> base URL. */
  readonly upstreams: Readonly<Record<string, string>>;
  readonly sessions: SessionService;
  readonly cookie: SessionCookie;
  readonly sign: (claims: TokenClaims) => Promise<string>;
}

type ProxiedRequest = SignedInRequest & { hermesToken?: string };
type Headers = Record<string, string | string[] | undefined>;

/** Headers that a browser sends for the console only; the services never see them. */
const CONSOLE_ONLY = new Set(['cookie', 'authorization', 'origin', 'referer', 'forwarded']);

/** The headers that go on to a service: the caller's without the console's own, and the token. Pure. */
export function forwardedHeaders(headers: Headers, token: string): Headers {
  const kept = Object.entries(headers).filter(
    ([name]) => !CONSOLE_ONLY.has(name) && !name.startsWith('sec-') && !name.startsWith('x-forwarded-'),
  );
  return { ...Object.fromEntries(kept), authorization: `Bearer ${token}` };
}

/** Sends a ProblemError as the kit's filter does; proxied routes do not pass through Nest. */
export function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const fields =
    error instanceof ProblemError
      ? error.fields
      : {
          status: 500,
          code: 'defect',
          title: 'Something is wrong on our side',
          detail: 'This is a defect in Hermes; the log has the details.',
        };
  const { status, code, title, detail, extra, headers } = fields;
  return reply
    .status(status)
    .headers({ ...headers })
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify({ type: `urn:hermes:problem:${code}`, title, status, code, detail, ...extra }));
}

/** What people read when a service does not answer. */
export const stopped = (service: string): ProblemError =>
  new ProblemError({
    status: 503,
    code: 'service-stopped',
    title: `${service} does not answer`,
    detail: `The service '${service}' is stopped or starting; no data is lost meanwhile. Try again in a few seconds.`,
    extra: { service },
    headers: { 'retry-after': '2' },
  });

/**
 * `/api/<service>/v1/...` -> `<service>/v1/...` for signed-in people, with a fresh 5-minute token in the place of the cookie.
 * Answers are streamed, so server-sent events and long exports pass. Roles are the services' to check, from the token.
 */
export async function registerServiceProxy(fastify: FastifyInstance, options: ServiceProxyOptions): Promise<void> {
  const authorize = async (request: ProxiedRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    try {
      refuseCrossSite(request);
      const person = requirePerson(await options.sessions.person(options.cookie.read(request)));
      request.hermesToken = await options.sign(claimsOf(person));
      return undefined;
    } catch (error) {
      if (!(error instanceof ProblemError)) request.log.error({ err: error }, 'the session could not be checked');
      return sendProblem(reply, error);
    }
  };

  for (const [service, upstream] of Object.entries(options.upstreams)) {
    await fastify.register(async (scope) => {
      // Bodies pass as they are; the console does not read them.
      scope.removeAllContentTypeParsers();
      await scope.register(fastifyHttpProxy, {
        upstream,
        prefix: `/api/${service}/v1`,
        rewritePrefix: '/v1',
        http: { agentOptions: { keepAlive: true, keepAliveMsecs: 1_000 }, requestOptions: { timeout: 60_000 } },
        preHandler: authorize,
        replyOptions: {
          rewriteRequestHeaders: (request, headers) =>
            forwardedHeaders(headers, (request as ProxiedRequest).hermesToken ?? ''),
          onError: (reply, { error }) => {
            reply.log.warn({ err: error, service }, 'service does not answer');
            sendProblem(reply as FastifyReply, stopped(service));
          },
        },
      });
    });
  }
}
