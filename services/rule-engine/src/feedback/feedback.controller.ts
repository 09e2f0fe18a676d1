import { Feedback, FeedbackBody, FeedbackList } from '@hermes/contracts/review-api';
import { Access, Caller, type CallerIdentity, nameOfCaller } from '@hermes/service-kit/access';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { orUnavailable } from '@hermes/service-kit/postgres-answer';
import { parse } from '@hermes/service-kit/problem';
import { Body, Controller, Get, Inject, Param, Put } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import type { z } from 'zod';
import { DecisionsService } from '../decisions/decisions.service.ts';
import { FeedbackRepository, type Speaker } from './feedback.repository.ts';

function speakerOf(caller: CallerIdentity): Speaker {
  const name = nameOfCaller(caller);
  return { name, id: caller.kind === 'person' ? caller.claims.sub : name };
}

@ApiParam({ name: 'p', description: 'Project id' })
@ApiParam({ name: 'id', description: 'Decision id' })
@Controller('v1/projects/:p/decisions/:id/feedback')
export class FeedbackController {
  private readonly feedback: FeedbackRepository;
  private readonly decisions: DecisionsService;
  constructor(
    @Inject(FeedbackRepository) feedback: FeedbackRepository,
    @Inject(DecisionsService) decisions: DecisionsService,
  ) {
    this.feedback = feedback;
    this.decisions = decisions;
  }

  @Get()
  @Access({ role: 'viewer' })
  @zodOk(FeedbackList)
  async list(@Param('p') project: string, @Param('id') id: string): Promise<z.infer<typeof FeedbackList>> {
    return { feedback: await orUnavailable(this.feedback.of(project, id)) };
  }

  /** Says whether the rule was right to fire; said again it replaces what the same person has said before. */
  @Put()
  @Access({ role: 'editor' })
  @zodBody(FeedbackBody)
  @zodOk(Feedback)
  async say(
    @Param('p') project: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Caller() caller: CallerIdentity,
  ): Promise<Feedback> {
    const said = parse(FeedbackBody, body);
    const decision = await this.decisions.get(project, id);
    return orUnavailable(this.feedback.say(decision, speakerOf(caller), said));
  }
}
