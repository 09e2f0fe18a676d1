import { runPerProject } from '@hermes/service-kit/project-workers';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import type { Provider, Type } from '@nestjs/common';
import type { Pool } from 'pg';
import { ErasurePublisher } from './erasure-publisher.ts';
import { ErasuresController } from './erasures.controller.ts';
import { ErasuresRepository } from './erasures.repository.ts';
import { ErasuresService } from './erasures.service.ts';
import { startErasures } from './report-follower.ts';

/** Erasures: asked for over HTTP, put on their topic, completed by what the stores report. Waits while the schema is not made yet. */
export function openErasures(
  runtime: Pick<ServiceRuntime, 'control' | 'kafka' | 'logger' | 'onShutdown'>,
  pool: Pool,
): { readonly controllers: readonly Type[]; readonly providers: readonly Provider[] } {
  const { kafka, logger } = runtime;
  const erasures = new ErasuresRepository(pool);
  const publisher = new ErasurePublisher(erasures, kafka, logger);
  runtime.onShutdown('erasure publisher', () => publisher.close());
  runPerProject(runtime, 'erasures', (project) => startErasures({ kafka, erasures, publisher, logger }, project));
  return {
    controllers: [ErasuresController],
    providers: [{ provide: ErasuresService, useValue: new ErasuresService(erasures, publisher) }],
  };
}
