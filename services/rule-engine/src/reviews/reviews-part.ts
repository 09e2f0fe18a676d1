import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import type { Provider, Type } from '@nestjs/common';
import type { Pool } from 'pg';
import type { RuleEngineConfig } from '../config.ts';
import { ReleaseSender } from './release-sender.ts';
import { ReleasedRepository } from './released.repository.ts';
import { ReviewsController } from './reviews.controller.ts';
import { ReviewsRepository } from './reviews.repository.ts';

/** What held decisions add to the service. */
export interface ReviewsPart {
  readonly reviews: ReviewsRepository;
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
  /** Begins to send what was let go: the database is there. */
  start(): void;
}

/** Decisions that wait for a person, and what becomes of them. */
export function openReviews(
  runtime: Pick<ServiceRuntime<RuleEngineConfig>, 'kafka' | 'logger' | 'config' | 'control' | 'onShutdown'>,
  pool: Pool,
): ReviewsPart {
  const { kafka, logger, config, control } = runtime;
  const reviews = new ReviewsRepository(pool);
  const sender = new ReleaseSender({
    kafka,
    released: new ReleasedRepository(pool),
    projects: () => control.projects().map(({ id }) => id),
    keepMonths: config.RULE_ENGINE_DECISION_MONTHS,
    logger,
  });
  runtime.onShutdown('releases', () => sender.close());
  return {
    reviews,
    controllers: [ReviewsController],
    providers: [
      { provide: ReviewsRepository, useValue: reviews },
      { provide: ReleaseSender, useValue: sender },
    ],
    start: () => sender.start(),
  };
}
