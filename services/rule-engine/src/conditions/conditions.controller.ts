import { languageOf } from '@hermes/contracts/language';
import {
  NamedCondition,
  NamedConditionDraft,
  NamedConditions,
  NamedConditionView,
} from '@hermes/contracts/named-condition';
import { Access, Caller, type CallerIdentity, nameOfCaller } from '@hermes/service-kit/access';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, Put, Res } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { ConditionsService } from './conditions.service.ts';

@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p/conditions')
export class ConditionsController {
  private readonly conditions: ConditionsService;
  constructor(@Inject(ConditionsService) conditions: ConditionsService) {
    this.conditions = conditions;
  }

  @Get()
  @Access({ role: 'viewer' })
  @zodOk(NamedConditions)
  async list(@Param('p') project: string): Promise<z.infer<typeof NamedConditions>> {
    return { conditions: [...(await this.conditions.list(project))] };
  }

  /** With the rules that have it in them, and which of them an older version. */
  @Get(':id')
  @ApiParam({ name: 'id', description: 'Condition id' })
  @Access({ role: 'viewer' })
  @zodOk(NamedConditionView)
  get(@Param('p') project: string, @Param('id') id: string): Promise<NamedConditionView> {
    return this.conditions.get(project, id);
  }

  /** A new version, for rules that are saved from now on; 201 when it is the first. */
  @Put(':id')
  @ApiParam({ name: 'id', description: 'Condition id' })
  @Access({ role: 'editor' })
  @zodBody(NamedConditionDraft)
  @zodOk(NamedCondition)
  @zodOk(NamedCondition, 201, 'The first version')
  async put(
    @Param('p') project: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('accept-language') languages: string | undefined,
    @Caller() caller: CallerIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NamedCondition> {
    const by = nameOfCaller(caller);
    const { condition, isNew } = await this.conditions.save(project, id, body, by, languageOf(languages));
    void reply.status(isNew ? 201 : 200);
    return condition;
  }

  /** Takes it away; 409 `condition-in-use` while a rule has it in it. */
  @Delete(':id')
  @ApiParam({ name: 'id', description: 'Condition id' })
  @HttpCode(204)
  @Access({ role: 'editor' })
  async delete(@Param('p') project: string, @Param('id') id: string, @Caller() caller: CallerIdentity): Promise<void> {
    await this.conditions.delete(project, id, nameOfCaller(caller));
  }
}
