import { Subscription, SubscriptionDraft, SubscriptionList } from '@hermes/contracts/feature-api';
import { Access, Caller, type CallerIdentity, nameOfCaller } from '@hermes/service-kit/access';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put, Res } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { SubscriptionsService } from './subscriptions.service.ts';

@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p/subscriptions')
export class SubscriptionsController {
  private readonly subscriptions: SubscriptionsService;
  constructor(@Inject(SubscriptionsService) subscriptions: SubscriptionsService) {
    this.subscriptions = subscriptions;
  }

  /** Lasting subscriptions, by id. */
  @Get()
  @Access({ role: 'viewer' })
  @zodOk(SubscriptionList)
  async list(@Param('p') project: string): Promise<z.infer<typeof SubscriptionList>> {
    return { subscriptions: [...(await this.subscriptions.list(project))] };
  }

  @Get(':id')
  @ApiParam({ name: 'id', description: 'Subscription id' })
  @Access({ role: 'viewer' })
  @zodOk(Subscription)
  async get(@Param('p') project: string, @Param('id') id: string): Promise<Subscription> {
    return this.subscriptions.get(project, id);
  }

  /** Changes of these features go to `<project>.profile-changes` from now on; 201 for a new subscription. */
  @Put(':id')
  @ApiParam({ name: 'id', description: 'Subscription id' })
  @Access({ role: 'editor', service: true })
  @zodBody(SubscriptionDraft)
  @zodOk(Subscription)
  @zodOk(Subscription, 201, 'A new subscription')
  async put(
    @Param('p') project: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Caller() caller: CallerIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Subscription> {
    const { subscription, isNew } = await this.subscriptions.put(project, id, body, nameOfCaller(caller));
    void reply.status(isNew ? 201 : 200);
    return subscription;
  }

  @Delete(':id')
  @ApiParam({ name: 'id', description: 'Subscription id' })
  @HttpCode(204)
  @Access({ role: 'editor', service: true })
  async delete(@Param('p') project: string, @Param('id') id: string, @Caller() caller: CallerIdentity): Promise<void> {
    await this.subscriptions.delete(project, id, nameOfCaller(caller));
  }
}
