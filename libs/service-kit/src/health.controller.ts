import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Registry } from 'prom-client';
import { Public } from './access.ts';
import { ProblemError } from './problem.ts';

export const HEALTH_STATE = Symbol('HEALTH_STATE');

export interface HealthState {
  readonly service: string;
  readonly instance: string;
  readonly registry: Registry;
  readonly checks: Map<string, () => boolean | Promise<boolean>>;
  stopping: boolean;
}

async function failing(state: HealthState): Promise<readonly string[]> {
  const results = await Promise.all(
    [...state.checks].map(async ([label, check]) => {
      try {
        return (await check()) ? undefined : label;
      } catch {
        return label;
      }
    }),
  );
  return results.filter((label) => label !== undefined);
}

/** Live says that the process runs; ready says that it can do its work now. */
@ApiTags('health')
@Controller()
export class HealthController {
  private readonly state: HealthState;
  constructor(@Inject(HEALTH_STATE) state: HealthState) {
    this.state = state;
  }

  @Public()
  @Get('health/live')
  @ApiOperation({ summary: 'The process runs' })
  live(): object {
    return { status: 'live', service: this.state.service, instance: this.state.instance };
  }

  @Public()
  @Get(['health', 'health/ready'])
  @ApiOperation({ summary: 'The service can do its work now' })
  async ready(): Promise<object> {
    const waiting = this.state.stopping ? ['shutting down'] : await failing(this.state);
    if (waiting.length > 0) {
      throw new ProblemError({
        status: 503,
        code: 'not-ready',
        title: 'Not ready',
        detail: `Waiting for: ${waiting.join(', ')}.`,
        extra: { waiting },
      });
    }
    return { status: 'ready', service: this.state.service, instance: this.state.instance };
  }

  @Public()
  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOperation({ summary: 'Prometheus metrics' })
  metrics(): Promise<string> {
    return this.state.registry.metrics();
  }
}
