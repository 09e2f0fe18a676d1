import { KeyDraft, KeyView, NewKey } from '@hermes/contracts/console-api';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { parse } from '@hermes/service-kit/problem';
import { Body, Controller, Delete, Get, Header, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { SignedIn, Who } from '../sessions/session.guard.ts';
import type { Person } from '../sessions/session.repository.ts';
import { KeyService } from './key.service.ts';

@Controller('api/projects/:p/keys')
@SignedIn('owner')
export class KeyController {
  private readonly keys: KeyService;
  constructor(@Inject(KeyService) keys: KeyService) {
    this.keys = keys;
  }

  @Get()
  @zodOk(z.object({ keys: z.array(KeyView) }))
  async list(@Param('p') project: string): Promise<{ readonly keys: readonly KeyView[] }> {
    return { keys: await this.keys.list(project) };
  }

  @Post()
  @Header('cache-control', 'no-store')
  @zodBody(KeyDraft)
  @zodOk(NewKey, 201)
  async create(@Param('p') project: string, @Who() person: Person, @Body() body: unknown): Promise<NewKey> {
    return await this.keys.create(project, parse(KeyDraft, body), person.email);
  }

  @Delete(':id')
  @HttpCode(204)
  async revoke(@Param('p') project: string, @Param('id') id: string, @Who() person: Person): Promise<void> {
    await this.keys.revoke(project, id, person.email);
  }
}
