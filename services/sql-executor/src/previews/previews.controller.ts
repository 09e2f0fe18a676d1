import { PreviewAnswer, type PreviewProgress, PreviewRequest } from '@hermes/contracts/sql-preview';
import { Access } from '@hermes/service-kit/access';
import { EventStream, message } from '@hermes/service-kit/event-stream';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { Body, Controller, Headers, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiHeader, ApiParam, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { BadInput } from './preview-messages.ts';
import { NOTHING_READ, type OpenPreview, type PreparedPreview, PreviewsService } from './previews.service.ts';

const EVENT_STREAM = 'text/event-stream';

@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p')
export class PreviewsController {
  private readonly previews: PreviewsService;
  constructor(@Inject(PreviewsService) previews: PreviewsService) {
    this.previews = previews;
  }

  /**
   * Runs the one query of a text for somebody to look at: it reads the real tables and writes nothing. With `Accept: text/event-stream` the answer comes
   * as it is computed: `columns`, then `rows`, `bad` and `progress`, at last `end`; otherwise at once when it is over. Closing the connection ends it. SHOW,
   * DESCRIBE, EXPLAIN and SET are answered in the same form. A text that cannot run is refused with the problems that `validate` answers.
   */
  @Post('preview')
  @HttpCode(200)
  @Access({ role: 'editor' })
  @ApiHeader({ name: 'accept', required: false, description: `\`${EVENT_STREAM}\`, or JSON at the end` })
  @zodBody(PreviewRequest)
  @zodOk(PreviewAnswer, 200, `or ${EVENT_STREAM}, whose events have these members`)
  @ApiResponse({ status: 422, description: '`invalid-sql`, with `problems` as `validate` answers them' })
  @ApiResponse({ status: 429, description: '`too-many-previews`: of the project, or of this process' })
  async preview(
    @Param('p') project: string,
    @Body() body: unknown,
    @Headers('accept') accept: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const prepared = await this.previews.prepare(project, body);
    if (accept?.includes(EVENT_STREAM) === true) this.stream(prepared, reply);
    else this.answer(prepared, reply);
  }

  private stream(prepared: PreparedPreview, reply: FastifyReply): void {
    // Nothing is told before `begin` has returned: the stream is there by then.
    const send = (event: string, data: string): void => stream.send(message(event, data));
    const preview = this.previews.begin(prepared, {
      rows: (rows) => send('rows', `{"rows":[${rows.join(',')}]}`),
      bad: (bad) => send('bad', JSON.stringify({ bad })),
      progress: (progress) => send('progress', JSON.stringify(progress)),
      ended: (end) => {
        send('end', JSON.stringify(end));
        stream.end();
      },
    });
    reply.hijack();
    const stream = new EventStream(reply.raw, () => preview.stop());
    send('columns', JSON.stringify(preview.columns));
  }

  private answer(prepared: PreparedPreview, reply: FastifyReply): void {
    const rows: string[] = [];
    const bad: BadInput[] = [];
    let progress: PreviewProgress = NOTHING_READ;
    const preview: OpenPreview = this.previews.begin(prepared, {
      rows: (more) => void rows.push(...more),
      bad: (more) => void bad.push(...more),
      progress: (now) => (progress = now),
      ended: (end) => {
        const rest = JSON.stringify({ ...preview.columns, bad, progress, end });
        if (!reply.raw.destroyed)
          void reply.type('application/json; charset=utf-8').send(`{"rows":[${rows.join(',')}],${rest.slice(1)}`);
      },
    });
    reply.raw.once('close', () => preview.stop());
  }
}
