import { Alert } from '@hermes/contracts/alert';
import { AlertList } from '@hermes/contracts/alert-api';
import { PLATFORM_PROJECT } from '@hermes/contracts/identifiers';
import { Access, Caller, type CallerIdentity, nameOfCaller, Operator } from '@hermes/service-kit/access';
import { zodOk } from '@hermes/service-kit/openapi';
import { parse } from '@hermes/service-kit/problem';
import { Controller, Get, HttpCode, Inject, Param, Post, Query, Sse } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Observable } from 'rxjs';
import { AlertDetail, AlertQuery, AlertsService, type StreamMessage } from './alerts.service.ts';

const personOf = (caller: CallerIdentity): string => (caller.kind === 'key' ? caller.key.name : nameOfCaller(caller));

@ApiTags('alerts')
@Controller('v1/projects/:p/alerts')
export class AlertsController {
  private readonly alerts: AlertsService;
  constructor(@Inject(AlertsService) alerts: AlertsService) {
    this.alerts = alerts;
  }

  @Get()
  @Access({ scope: 'alerts:read', role: 'viewer' })
  @ApiOperation({ summary: 'Alerts, newest first' })
  @ApiQuery({ name: 'status', required: false, enum: ['firing', 'resolved'] })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', default: 50, maximum: 500 } })
  @ApiQuery({ name: 'before', required: false, description: 'id of an alert, or an ISO 8601 instant' })
  @zodOk(AlertList)
  list(@Param('p') project: string, @Query() query: unknown): Promise<AlertList> {
    return this.alerts.list(project, parse(AlertQuery, query, 'query'));
  }

  @Sse('stream')
  @Access({ scope: 'alerts:read', role: 'viewer' })
  @ApiOperation({ summary: 'New and changed alerts as server-sent events; `ping` events are signs of life' })
  stream(@Param('p') project: string): Observable<StreamMessage> {
    return this.alerts.stream(project);
  }

  @Get(':id')
  @Access({ scope: 'alerts:read', role: 'viewer' })
  @ApiOperation({ summary: 'One alert with its notifications and their attempts' })
  @zodOk(AlertDetail)
  detail(@Param('p') project: string, @Param('id') id: string): Promise<AlertDetail> {
    return this.alerts.detail(project, id);
  }

  @Post(':id/acknowledge')
  @HttpCode(200)
  @Access({ role: 'editor' })
  @ApiOperation({ summary: "Says that a person has seen it; ends a decision's alert" })
  @zodOk(Alert)
  acknowledge(@Param('p') project: string, @Param('id') id: string, @Caller() caller: CallerIdentity): Promise<Alert> {
    return this.alerts.acknowledge(project, id, personOf(caller));
  }
}

/** The platform's own alerts, for its operators. */
@ApiTags('platform')
@Controller('v1/platform/alerts')
export class PlatformAlertsController {
  private readonly alerts: AlertsService;
  constructor(@Inject(AlertsService) alerts: AlertsService) {
    this.alerts = alerts;
  }

  @Get()
  @Operator()
  @ApiOperation({ summary: "The platform's own alerts, newest first" })
  @zodOk(AlertList)
  list(@Query() query: unknown): Promise<AlertList> {
    return this.alerts.list(PLATFORM_PROJECT, parse(AlertQuery, query, 'query'));
  }

  @Sse('stream')
  @Operator()
  @ApiOperation({ summary: "The platform's own new and changed alerts as server-sent events" })
  stream(): Observable<StreamMessage> {
    return this.alerts.stream(PLATFORM_PROJECT);
  }

  @Get(':id')
  @Operator()
  @ApiOperation({ summary: 'One alert with its notifications and their attempts' })
  @zodOk(AlertDetail)
  detail(@Param('id') id: string): Promise<AlertDetail> {
    return this.alerts.detail(PLATFORM_PROJECT, id);
  }

  @Post(':id/acknowledge')
  @HttpCode(200)
  @Operator()
  @ApiOperation({ summary: 'Says that an operator has seen it' })
  @zodOk(Alert)
  acknowledge(@Param('id') id: string, @Caller() caller: CallerIdentity): Promise<Alert> {
    return this.alerts.acknowledge(PLATFORM_PROJECT, id, personOf(caller));
  }
}
