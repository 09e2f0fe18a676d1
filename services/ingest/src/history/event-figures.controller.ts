import { EventFigures } from '@hermes/contracts/event-figures';
import { EventTypeName } from '@hermes/contracts/identifiers';
import { Access } from '@hermes/service-kit/access';
import { zodOk } from '@hermes/service-kit/openapi';
import { parse } from '@hermes/service-kit/problem';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiParam, ApiQuery } from '@nestjs/swagger';
import { z } from 'zod';
import { EventFiguresRepository } from './event-figures.repository.ts';
import { historyProblem } from './history.repository.ts';

const FiguresQuery = z.strictObject({
  /** May be repeated. */
  type: z
    .union([EventTypeName, z.array(EventTypeName).min(1).max(200)])
    .transform((type) => (typeof type === 'string' ? [type] : type)),
  days: z.coerce.number().int().min(1).max(366).default(30),
});

/** How much there was of event types lately. */
@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p/event-figures')
export class EventFiguresController {
  private readonly figures: EventFiguresRepository;
  constructor(@Inject(EventFiguresRepository) figures: EventFiguresRepository) {
    this.figures = figures;
  }

  @Get()
  @Access({ role: 'viewer', service: true })
  @ApiQuery({ name: 'type', isArray: true, type: String })
  @ApiQuery({ name: 'days', required: false })
  @zodOk(EventFigures)
  async of(@Param('p') project: string, @Query() query: unknown): Promise<EventFigures> {
    const { type, days } = parse(FiguresQuery, query, 'query');
    return this.figures.of(project, type, days).catch((error: unknown) => {
      throw historyProblem(error);
    });
  }
}
