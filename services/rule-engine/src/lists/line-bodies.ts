import { Readable } from 'node:stream';
import { ProblemError } from '@hermes/service-kit/problem';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { LineFormat } from './list-lines.ts';

const FORMATS: Readonly<Record<string, LineFormat>> = { 'application/x-ndjson': 'ndjson', 'text/csv': 'csv' };

/** Makes the application hand over bodies of lines as they come, however long they are; who takes them bounds what is read. */
export function passLineBodies(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addContentTypeParser(Object.keys(FORMATS), (_request, payload, done) => done(null, payload));
}

/** The lines that a request brings. @throws ProblemError 415 `unsupported-media-type` */
export function linesOfRequest({ headers, body }: FastifyRequest): {
  readonly format: LineFormat;
  readonly chunks: AsyncIterable<Uint8Array>;
} {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  const format = Object.hasOwn(FORMATS, type) ? FORMATS[type] : undefined;
  if (format === undefined || !(body instanceof Readable))
    throw new ProblemError({
      status: 415,
      code: 'unsupported-media-type',
      title: 'This content type is not supported',
      detail: `Entries are uploaded one a line, as ${Object.keys(FORMATS).join(' or ')}.`,
    });
  return { format, chunks: body };
}
