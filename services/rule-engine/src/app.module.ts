import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import { retryOnConnectionError } from '@hermes/connectors/clickhouse/retry';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { isPostgresAway } from '@hermes/connectors/postgres/postgres-away';
import { DefinitionPublisher } from '@hermes/service-kit/definition-publisher';
import { migrate } from '@hermes/service-kit/migrate';
import { runPerProject } from '@hermes/service-kit/project-workers';
import { PublicationRepository } from '@hermes/service-kit/publication.repository';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import { EventCatalogue } from '@hermes/stream-runtime/event-catalogue';
import { type DynamicModule, Module } from '@nestjs/common';
import type { RuleEngineConfig } from './config.ts';
import { DecisionsController } from './decisions/decisions.controller.ts';
import { DecisionsRepository } from './decisions/decisions.repository.ts';
import { decisionsLandingObserver, evaluationObserver } from './evaluation/evaluation-metrics.ts';
import { startProject } from './evaluation/project.ts';
import { publishOnKafka } from './publication/rules-topic.ts';
import { RuleAdvice } from './rules/rule-advice.ts';
import { RulesController } from './rules/rules.controller.ts';
import { publishedRules, RulesRepository } from './rules/rules.repository.ts';
import { RulesService } from './rules/rules.service.ts';

/** Resolves when the schema is up to date, however long PostgreSQL is away, or the service stops. */
async function migrated(databaseUrl: string, signal: AbortSignal): Promise<void> {
  const outcome = await retryOnConnectionError(
    () => migrate(databaseUrl, 'rule_engine', new URL('../migrations', import.meta.url)),
    { giveUpAfterMs: Infinity, retriable: isPostgresAway, signal },
  );
  if (outcome.kind === 'failed' && outcome.reason !== 'aborted') throw outcome.error;
}

/** How long an erasure waits for ClickHouse to rewrite the parts that hold what is deleted. */
const PATIENCE_MS = 3_600_000;

@Module({})
export class AppModule {
  /** Only Kafka must be there to start: events are evaluated by the rules on Kafka while PostgreSQL or ClickHouse are away. */
  static with(runtime: ServiceRuntime<RuleEngineConfig>): DynamicModule {
    const { config, kafka, logger, metrics } = runtime;
    const pool = openPostgres(config.DATABASE_URL, { applicationName: 'hermes-rule-engine' });
    runtime.onShutdown('postgres', () => pool.end());
    const closing = new AbortController();
    runtime.onShutdown('waiting for PostgreSQL', async () => closing.abort());
    const clickhouse = openClickHouse(config.CLICKHOUSE_URL);
    runtime.onShutdown('clickhouse', () => clickhouse.close());
    const patient = openClickHouse(config.CLICKHOUSE_URL, { requestTimeoutMs: PATIENCE_MS });
    runtime.onShutdown('clickhouse of the erasures', () => patient.close());
    runtime.ready(
      'postgres',
      async () => (await pool.query('SELECT 1 FROM rule_engine.rules LIMIT 1')).rowCount !== null,
    );

    const publication = new PublicationRepository(pool, { schema: 'rule_engine', load: publishedRules });
    const publisher = new DefinitionPublisher(publication, publishOnKafka(kafka), logger);
    runtime.onShutdown('publisher', () => publisher.close());
    void migrated(config.DATABASE_URL, closing.signal).then(
      () => publisher.start(),
      (error: unknown) =>
        logger.error({ err: error }, 'the database could not be brought up to date: rules cannot be changed'),
    );

    const decisions = new DecisionsRepository(clickhouse, config.RULE_ENGINE_DECISION_MONTHS, patient);
    const observer = evaluationObserver(metrics, config.RULE_ENGINE_LATENCY_LIMIT_MS);
    const landingObserver = decisionsLandingObserver(metrics);
    const projects = runPerProject(runtime, 'projects', (project) =>
      startProject({ runtime, publisher, decisions, observer, landingObserver }, project),
    );
    metrics.figure('lag', () => projects.running().reduce((sum, project) => sum + project.lag(), 0));

    const catalogue = new EventCatalogue(kafka, logger);
    // By itself: a catalogue that cannot be followed holds up no evaluation.
    runPerProject(runtime, 'event types', async (project) => {
      await catalogue.follow(project.id);
      return { close: () => catalogue.forget(project.id) };
    });
    const rules = new RulesRepository(pool);

    return {
      module: AppModule,
      controllers: [RulesController, DecisionsController],
      providers: [
        {
          provide: RulesService,
          useValue: new RulesService(
            rules,
            publisher,
            new RuleAdvice(catalogue, rules),
            (id) => runtime.control.project(id)?.timeZone,
          ),
        },
        { provide: DecisionsRepository, useValue: decisions },
      ],
    };
  }
}
