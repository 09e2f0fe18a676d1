import { Readable } from 'node:stream';
import { Access, Caller, type CallerIdentity } from '@hermes/service-kit/access';
import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { ApiParam, ApiProduces } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { requireSubject } from '../profiles/profiles.controller.ts';
import { exportLines, ExportService } from './export.service.ts';

@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p/profiles/:subject/export')
export class ExportController {
  private readonly exports: ExportService;
  constructor(@Inject(ExportService) exports: ExportService) {
    this.exports = exports;
  }

  /**
   * Everything that is kept of a subject, as NDJSON: one line `{"kind":"profile",...}`, a line `{"kind":"event","event":{...}}` for each event
   * of its history, a line `{"kind":"decision","decision":{...}}` for each decision, and at last `{"kind":"end","events":n,"decisions":n,
   * "keptSince":{...}}`. Without that line the export is not whole: ask again. Owners only.
   */
  @Get()
  @ApiParam({ name: 'subject', description: 'URL-encoded, for example customer%3Ac-7' })
  @ApiProduces('application/x-ndjson')
  @Access({ role: 'owner' })
  async get(
    @Param('p') project: string,
    @Param('subject') subject: string,
    @Caller() caller: CallerIdentity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    requireSubject(subject);
    const gone = new AbortController();
    reply.raw.on('close', () => gone.abort());
    const parts = await this.exports.open(project, subject, caller, gone.signal);
    await reply
      .type('application/x-ndjson; charset=utf-8')
      .header('cache-control', 'private, no-store')
      .header('content-disposition', 'attachment; filename="profile.ndjson"')
      .send(Readable.from(exportLines(parts)));
  }
}
