import { Webhook, WebhookDraft } from '@hermes/contracts/alert';
import { PLATFORM_PROJECT } from '@hermes/contracts/identifiers';
import { Access, Operator } from '@hermes/service-kit/access';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { parse } from '@hermes/service-kit/problem';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { WebhookWithSecret, WebhooksService } from './webhooks.service.ts';

const WebhookList = z.object({ webhooks: z.array(Webhook) });

@ApiTags('webhooks')
@Controller('v1/projects/:p/webhooks')
export class WebhooksController {
  private readonly webhooks: WebhooksService;
  constructor(@Inject(WebhooksService) webhooks: WebhooksService) {
    this.webhooks = webhooks;
  }

  @Get()
  @Access({ role: 'editor', service: true })
  @ApiOperation({ summary: "The project's receivers" })
  @zodOk(WebhookList)
  async list(@Param('p') project: string): Promise<z.infer<typeof WebhookList>> {
    return { webhooks: [...(await this.webhooks.list(project))] };
  }

  @Post()
  @Access({ role: 'editor' })
  @ApiOperation({ summary: 'Adds a receiver; its secret is shown this once' })
  @zodBody(WebhookDraft)
  @zodOk(WebhookWithSecret, 201)
  create(@Param('p') project: string, @Body() body: unknown): Promise<WebhookWithSecret> {
    return this.webhooks.create(project, parse(WebhookDraft, body));
  }

  @Delete(':id')
  @HttpCode(204)
  @Access({ role: 'editor' })
  @ApiOperation({ summary: 'Deletes a receiver; what it has not yet got fails' })
  remove(@Param('p') project: string, @Param('id') id: string): Promise<void> {
    return this.webhooks.remove(project, id);
  }
}

/** Receivers of the platform's own alerts. */
@ApiTags('platform')
@Controller('v1/platform/webhooks')
export class PlatformWebhooksController {
  private readonly webhooks: WebhooksService;
  constructor(@Inject(WebhooksService) webhooks: WebhooksService) {
    this.webhooks = webhooks;
  }

  @Get()
  @Operator()
  @ApiOperation({ summary: "Receivers of the platform's own alerts" })
  @zodOk(WebhookList)
  async list(): Promise<z.infer<typeof WebhookList>> {
    return { webhooks: [...(await this.webhooks.list(PLATFORM_PROJECT))] };
  }

  @Post()
  @Operator()
  @ApiOperation({ summary: "Adds a receiver of the platform's own alerts; its secret is shown this once" })
  @zodBody(WebhookDraft)
  @zodOk(WebhookWithSecret, 201)
  create(@Body() body: unknown): Promise<WebhookWithSecret> {
    return this.webhooks.create(PLATFORM_PROJECT, parse(WebhookDraft, body));
  }

  @Delete(':id')
  @HttpCode(204)
  @Operator()
  @ApiOperation({ summary: "Deletes a receiver of the platform's own alerts" })
  remove(@Param('id') id: string): Promise<void> {
    return this.webhooks.remove(PLATFORM_PROJECT, id);
  }
}
