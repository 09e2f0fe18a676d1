import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { ProblemError } from './problem.ts';

interface FastifyLikeError {
  readonly statusCode: number;
  readonly code?: string;
  readonly message: string;
}

const isClientError = (error: unknown): error is FastifyLikeError =>
  error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' && error.statusCode < 500;

function fieldsOf(error: unknown): ProblemError['fields'] {
  if (error instanceof ProblemError) return error.fields;
  if (error instanceof HttpException) {
    const status = error.getStatus();
    return { status, code: status === 404 ? 'not-found' : 'http-error', title: error.name, detail: error.message };
  }
  if (isClientError(error)) {
    const code = (error.code ?? 'bad-request').toLowerCase().replaceAll('_', '-');
    return { status: error.statusCode, code, title: 'The request cannot be read', detail: error.message };
  }
  return {
    status: 500,
    code: 'defect',
    title: 'Something is wrong on our side',
    detail: 'This is a defect in Hermes; the log has the details. Nothing that was accepted before is lost.',
  };
}

/** Every error leaves as RFC 9457 `application/problem+json`; defects are logged, others are the caller's. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger: Logger;
  constructor(logger: Logger) {
    this.logger = logger;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { status, code, title, detail, extra, headers } = fieldsOf(error);
    // A part that is away says so in its own log; a probe that waits for it must not flood this one.
    if (status === 503) this.logger.debug({ code, detail }, 'not available');
    else if (status >= 500) this.logger.error({ err: error, code }, 'request failed');
    if (reply.sent || reply.raw.headersSent) return;
    void reply
      .status(status)
      .headers({ ...headers })
      .type('application/problem+json; charset=utf-8')
      .send(JSON.stringify({ type: `urn:hermes:problem:${code}`, title, status, code, detail, ...extra }));
  }
}
