import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ProblemError } from '@hermes/service-kit/problem';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const unzip = promisify(gunzip);

/** Media types of a JSON body: CloudEvents' structured and batched modes, and plain JSON. */
export const JSON_TYPES = [
  'application/json',
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
] as const;

const mebibytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MiB`;

const tooLarge = (maxBytes: number): ProblemError =>
  new ProblemError({
    status: 413,
    code: 'body-too-large',
    title: 'The request body is too large',
    detail: `At most ${mebibytes(maxBytes)} are read, counted after decompression; send fewer events in a request.`,
  });

const unsupported = (what: string, advice: string): ProblemError =>
  new ProblemError({
    status: 415,
    code: 'unsupported-media-type',
    title: `This ${what} is not supported`,
    detail: advice,
  });

/**
 * The value of a JSON body, gzip undone.
 *
 * @throws ProblemError 400 `malformed-json` or `malformed-gzip`, 413 `body-too-large`, 415 `unsupported-media-type`
 */
export async function decodeBody(bytes: Buffer, encoding: string | undefined, maxBytes: number): Promise<unknown> {
  const text = await inflate(bytes, encoding?.trim().toLowerCase() ?? 'identity', maxBytes);
  try {
    return JSON.parse(text.toString()) as unknown;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'it does not parse';
    throw new ProblemError({
      status: 400,
      code: 'malformed-json',
      title: 'The body is not JSON',
      detail: `Correct the JSON: ${why}.`,
      cause,
    });
  }
}

async function inflate(bytes: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  if (encoding === 'identity') return bytes;
  if (encoding !== 'gzip')
    throw unsupported(
      'content encoding',
      `'${encoding}' is not known; send the body plain or with 'Content-Encoding: gzip'.`,
    );
  try {
    // The limit holds while inflating, so that a small body cannot unpack into all of the memory.
    return await unzip(bytes, { maxOutputLength: maxBytes });
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge(maxBytes);
    throw new ProblemError({
      status: 400,
      code: 'malformed-gzip',
      title: 'The body is not gzip',
      detail:
        "The header says 'Content-Encoding: gzip', but the body does not unpack; compress it, or leave the header out.",
      cause,
    });
  }
}

/** Makes the application read JSON bodies as above, and answer for every other kind with what to send instead. */
export function readJsonBodies(app: NestFastifyApplication, maxBytes: number): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request, _reply, done) => {
    done(Number(request.headers['content-length'] ?? 0) > maxBytes ? tooLarge(maxBytes) : undefined);
  });
  app.useBodyParser([...JSON_TYPES], { bodyLimit: maxBytes }, (request, body, done) => {
    decodeBody(body, request.headers['content-encoding'], maxBytes).then(
      (value) => done(null, value),
      (error: unknown) => done(error as Error),
    );
  });
  // Fastify's own: plain text would arrive as a string.
  fastify.removeContentTypeParser('text/plain');
  app.useBodyParser('*', { bodyLimit: maxBytes }, (request, _body, done) => {
    done(
      unsupported(
        'content type',
        `'${request.headers['content-type'] ?? ''}' is not known; send one of ${JSON_TYPES.join(', ')}.`,
      ),
    );
  });
}
