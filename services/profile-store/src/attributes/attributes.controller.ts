import { AttributesAccepted, AttributesWrite } from '@hermes/contracts/attributes-api';
import { Access, Caller, type CallerIdentity } from '@hermes/service-kit/access';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { parse, ProblemError } from '@hermes/service-kit/problem';
import { Body, Controller, Headers, HttpCode, Inject, Param, Put } from '@nestjs/common';
import { ApiHeader, ApiParam } from '@nestjs/swagger';
import { requireSubject } from '../profiles/profiles.controller.ts';
import { AttributesService } from './attributes.service.ts';

/** Printable ASCII. */
const KEY = /^[\x20-\x7e]{1,200}$/;

@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p/profiles/:subject/attributes')
export class AttributesController {
  private readonly attributes: AttributesService;
  constructor(@Inject(AttributesService) attributes: AttributesService) {
    this.attributes = attributes;
  }

  /**
   * Writes attributes of a subject, all or none; null takes one back. 202 means that the write is kept: it is an event of the type
   * `hermes.attributes_set`, which history keeps with who wrote it, and the profile shows it a moment later. The same Idempotency-Key again
   * (of the same caller, for the same subject) is the same write, whatever the body says.
   */
  @Put()
  @HttpCode(202)
  @ApiParam({ name: 'subject', description: 'URL-encoded, for example customer%3Ac-7' })
  @ApiHeader({ name: 'idempotency-key', required: false, description: '1 to 200 printable characters' })
  @Access({ scope: 'profiles:write', role: 'editor' })
  @zodBody(AttributesWrite)
  @zodOk(AttributesAccepted, 202)
  async put(
    @Param('p') project: string,
    @Param('subject') subject: string,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Body() body: unknown,
    @Caller() caller: CallerIdentity,
  ): Promise<AttributesAccepted> {
    requireSubject(subject);
    if (idempotencyKey !== undefined && !KEY.test(idempotencyKey)) {
      throw new ProblemError({
        status: 400,
        code: 'invalid-idempotency-key',
        title: 'The Idempotency-Key is not valid',
        detail: 'An Idempotency-Key is 1 to 200 printable ASCII characters, for example a UUID.',
      });
    }
    const write = parse(AttributesWrite, body);
    if (Object.keys(write.attributes).length === 0) {
      throw new ProblemError({
        status: 400,
        code: 'invalid-input',
        title: 'The body is not valid',
        detail: 'Name at least one attribute in \'attributes\', for example {"attributes": {"tier": "gold"}}.',
      });
    }
    return this.attributes.write(project, subject, write, caller, idempotencyKey);
  }
}
