import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { contentSecurityPolicy } from './content-security-policy.ts';

const NONCE_PLACE = '__CSP_NONCE__';

/** Headers of every page. */
const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-cache',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
} as const;

const NOT_BUILT = '<!doctype html><title>Hermes</title><p>The pages are not built yet: run <code>npm start</code>.</p>';

/** Paths of the web application: whatever is neither an API, a file, nor one of the service's own pages. Pure. */
export const isPagePath = (path: string): boolean =>
  !/^\/(api|assets|docs|docs-json|docs-yaml|health|metrics)(\/|$)/.test(path) && !/^\/[^/]+\.[a-z0-9]+$/i.test(path);

/**
 * Serves the built web application: hashed assets for ever and precompressed, every page path as the same index.html (the
 * application routes in the browser) with a fresh nonce in its policy.
 */
export async function registerSite(fastify: FastifyInstance, folder: URL): Promise<void> {
  const indexFile = new URL('index.html', folder);
  const root = fileURLToPath(folder);
  if (existsSync(root)) {
    await fastify.register(fastifyStatic, {
      root,
      index: false,
      wildcard: true,
      preCompressed: true,
      decorateReply: false,
      setHeaders: (reply, path) => {
        void reply.header('x-content-type-options', 'nosniff');
        void reply.header(
          'cache-control',
          /[\\/]assets[\\/]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
        );
      },
    });
  }
  // Read anew for each page (a small file, rarely asked for): pages that are built again while the console runs are found.
  const index = (): Promise<string> => readFile(indexFile, 'utf8').catch(() => NOT_BUILT);

  const sendPage = async (reply: FastifyReply): Promise<FastifyReply> => {
    const nonce = randomBytes(16).toString('base64');
    return reply
      .headers({ ...PAGE_HEADERS, 'content-security-policy': contentSecurityPolicy(nonce) })
      .send((await index()).replaceAll(NONCE_PLACE, nonce));
  };
  fastify.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
    return isPagePath(request.url.split('?', 1)[0]!) ? sendPage(reply) : undefined;
  });
}
