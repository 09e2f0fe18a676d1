import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { migrate } from '@hermes/service-kit/migrate';
import { runPerProject } from '@hermes/service-kit/project-workers';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import { type DynamicModule, Module } from '@nestjs/common';
import type { RuleEngineConfig } from './config.ts';
import { DecisionsController } from './decisions/decisions.controller.ts';
import { DecisionsRepository } from './decisions/decisions.repository.ts';
import { decisionsLandingObserver, evaluationObserver } from './evaluation/evaluation-metrics.ts';
import { startProject } from './evaluation/project.ts';
import { PublicationRepository } from './publication/publication.repository.ts';
import { Publisher } from './publication/publisher.ts';
import { publishOnKafka } from './publication/rules-topic.ts';
import { RulesController } from './rules/rules.controller.ts';
import { RulesRepository } from './rules/rules.repository.ts';
import { RulesService } from './rules/rules.service.ts';

@Module({})
export class AppModule {
  static async with(runtime: ServiceRuntime<RuleEngineConfig>): Promise<DynamicModule> {
    const { config, kafka, logger, metrics } = runtime;
    await migrate(config.DATABASE_URL, 'rule_engine', new URL('../migrations', import.meta.url));
    const pool = openPostgres(config.DATABASE_URL, { applicationName: 'hermes-rule-engine' });
    runtime.onShutdown('postgres', () => pool.end());
    const clickhouse = openClickHouse(config.CLICKHOUSE_URL);
    runtime.onShutdown('clickhouse', () => clickhouse.close());
    runtime.ready('postgres', async () => (await pool.query('SELECT 1')).rowCount === 1);

    const publisher = new Publisher(new PublicationRepository(pool), publishOnKafka(kafka), logger);
    publisher.start();
    runtime.onShutdown('publisher', () => publisher.close());

    const decisions = new DecisionsRepository(clickhouse, config.RULE_ENGINE_DECISION_MONTHS);
    const observer = evaluationObserver(metrics, config.RULE_ENGINE_LATENCY_LIMIT_MS);
    const landingObserver = decisionsLandingObserver(metrics);
    const projects = runPerProject(runtime, 'projects', (project) =>
      startProject({ runtime, publisher, decisions, observer, landingObserver }, project),
    );
    metrics.figure('lag', () => projects.running().reduce((sum, project) => sum + project.lag(), 0));

    return {
      module: AppModule,
      controllers: [RulesController, DecisionsController],
      providers: [
        { provide: RulesService, useValue: new RulesService(new RulesRepository(pool), publisher) },
        { provide: DecisionsRepository, useValue: decisions },
      ],
    };
  }
}
