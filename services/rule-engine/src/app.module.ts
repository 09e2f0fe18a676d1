import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import { openRedisOrCluster, type RedisOrCluster } from '@hermes/connectors/redis/client';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { historyForFills } from '@hermes/feature-counting/history-for-fills';
import { DefinitionPublisher } from '@hermes/service-kit/definition-publisher';
import { eventFigures } from '@hermes/service-kit/history/event-figures';
import { HistoryClient } from '@hermes/service-kit/history/history-client';
import { migrated } from '@hermes/service-kit/migrate';
import { runPerProject } from '@hermes/service-kit/project-workers';
import { PublicationRepository } from '@hermes/service-kit/publication.repository';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import { EventCatalogue } from '@hermes/stream-runtime/event-catalogue';
import { type DynamicModule, Module } from '@nestjs/common';
import { registeredWebhooks } from './actions/registered-webhooks.ts';
import { openBacktests } from './backtests/backtests-part.ts';
import { ConditionsController } from './conditions/conditions.controller.ts';
import { ConditionsRepository } from './conditions/conditions.repository.ts';
import { ConditionsService } from './conditions/conditions.service.ts';
import type { RuleEngineConfig } from './config.ts';
import { DecisionsController } from './decisions/decisions.controller.ts';
import { DecisionsRepository } from './decisions/decisions.repository.ts';
import { DecisionsService } from './decisions/decisions.service.ts';
import { FeedbackController } from './feedback/feedback.controller.ts';
import { FeedbackRepository } from './feedback/feedback.repository.ts';
import { decisionsLandingObserver, evaluationObservers } from './evaluation/evaluation-metrics.ts';
import { startProject } from './evaluation/project.ts';
import { ReferenceEvaluator } from './evaluation/reference-evaluator.ts';
import { openRuleFeatures } from './features/rule-features-part.ts';
import { openLists } from './lists/lists-part.ts';
import { openFigures } from './figures/figures-part.ts';
import { openLookups } from './lookups/lookups-part.ts';
import { StateSizes } from './features/state-sizes.ts';
import { publishedRules, publishOnKafka } from './publication/rules-topic.ts';
import { erasableReviews } from './reviews/erasable-reviews.ts';
import { openReviews } from './reviews/reviews-part.ts';
import { DraftPlacing, type PlacingParts } from './rules/draft-placing.ts';
import { missingThings } from './rules/named-things.ts';
import { RuleAdvice } from './rules/rule-advice.ts';
import { openRuleLife } from './rules/rule-life-part.ts';
import { openShadows } from './shadows/shadows-part.ts';
import { openSnoozes } from './snoozes/snoozes-part.ts';
import { RulesController } from './rules/rules.controller.ts';
import { RulesRepository } from './rules/rules.repository.ts';
import { RulesService } from './rules/rules.service.ts';
import { TemplatesController } from './templates/templates.controller.ts';
import { TemplatesService } from './templates/templates.service.ts';

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
    // Migrations come one by one: that a table of the first is there says nothing about the last.
    let isMigrated = false;
    runtime.ready('postgres', async () => isMigrated && (await pool.query('SELECT 1')).rowCount === 1);

    const publication = new PublicationRepository(pool, { schema: 'rule_engine', load: publishedRules });
    const publisher = new DefinitionPublisher(publication, publishOnKafka(kafka), logger);
    runtime.onShutdown('publisher', () => publisher.close());
    // Waited for where it is needed: rules are written and decisions read while it is away.
    let redis: RedisOrCluster | undefined;
    const opening = openRedisOrCluster(config.REDIS_URL, {
      connectionName: 'hermes-rule-fills',
      signal: closing.signal,
    });
    opening.then(
      (opened) => (redis = opened),
      (error: unknown) => closing.signal.aborted || logger.error({ err: error }, 'Redis refuses rule-engine'),
    );
    runtime.onShutdown('redis', async () => redis?.disconnect());
    const features = openRuleFeatures(runtime, pool, () => redis, publisher);
    const lists = openLists(runtime, pool);
    const catalogue = new EventCatalogue(kafka, logger);
    // By itself: a catalogue that cannot be followed holds up no evaluation.
    runPerProject(runtime, 'event types', async (project) => {
      await catalogue.follow(project.id);
      return { close: () => catalogue.forget(project.id) };
    });
    const rules = new RulesRepository(pool);
    const lookups = openLookups(runtime, pool, publisher);
    const historySetting = {
      service: 'rule-engine',
      ingestUrl: config.INGEST_URL,
      serviceSecret: config.HERMES_SERVICE_SECRET,
    } as const;
    const snoozes = openSnoozes(runtime, pool, publisher);
    const namedConditions = new ConditionsRepository(pool);
    const placingParts: PlacingParts = {
      advice: new RuleAdvice(catalogue, rules),
      timeZoneOf: (id) => runtime.control.project(id)?.timeZone,
      featuresOf: features.published,
      webhooksOf: (id) =>
        registeredWebhooks({ alertingUrl: config.ALERTING_URL, serviceSecret: config.HERMES_SERVICE_SECRET }, id),
      missing: (...rule) => missingThings(pool, ...rule),
      sizes: new StateSizes({
        figures: (...asked) => eventFigures(historySetting, ...asked),
        warnFromBytes: config.RULE_ENGINE_STATE_WARNING_MB * 1_000_000,
      }),
      features: features.counted,
      conditions: namedConditions,
      placesOf: (id) => (type) => catalogue.types(id)?.find((one) => one.type === type)?.places,
    };
    const placing = new DraftPlacing(placingParts);
    const life = openRuleLife(runtime, pool, publisher, placing);
    const past = openBacktests(runtime, pool, placing, historySetting, lists.copies, features.published);
    const reviews = openReviews(runtime, pool);
    const feedback = new FeedbackRepository(pool);
    void migrated(config.DATABASE_URL, 'rule_engine', new URL('../migrations', import.meta.url), closing.signal).then(
      () => {
        if (closing.signal.aborted) return;
        isMigrated = true;
        publisher.start();
        lists.start();
        snoozes.start();
        life.start();
        features.start();
        past.start(projects);
        reviews.start();
      },
      (error: unknown) =>
        logger.error({ err: error }, 'the database could not be brought up to date: rules cannot be changed'),
    );

    const history = new HistoryClient(historySetting);
    const reading = new AbortController();
    const decisions = new DecisionsRepository(clickhouse, config.RULE_ENGINE_DECISION_MONTHS, patient);
    const decisionsService = new DecisionsService(
      decisions,
      reviews.reviews,
      feedback,
      config.RULE_ENGINE_DECISION_MONTHS,
    );
    const shadows = openShadows(pool, clickhouse, publisher, decisions, decisionsService);
    const figures = openFigures(runtime, clickhouse, pool, decisions);
    const observers = evaluationObservers(metrics, config.RULE_ENGINE_LATENCY_LIMIT_MS, figures.counts);
    const reference = config.RULES_EVALUATOR === 'reference' ? new ReferenceEvaluator(logger) : undefined;
    runtime.onShutdown('json-rules-engine', async () => reference?.close());
    const landingObserver = decisionsLandingObserver(metrics);
    const projects = runPerProject(runtime, 'projects', (project) =>
      startProject(
        {
          runtime,
          publisher,
          lists,
          decisions,
          reviews: { add: (id, held) => reviews.reviews.add(id, held), store: erasableReviews(pool) },
          observers,
          backtests: past.backtests,
          landingObserver,
          desk: lookups.desk,
          featuresOf: features.published,
          evaluator: reference?.verdictsOf,
          redis: opening,
          history: (id) => historyForFills(history, id, reading.signal),
          onFillTrouble: (id, slot, reason) => features.troubles.note(id, slot, reason),
        },
        project,
      ),
    );
    runtime.onShutdown('reading history', async () => reading.abort());
    metrics.figure('lag', () => projects.running().reduce((sum, project) => sum + project.lag(), 0));

    return {
      module: AppModule,
      controllers: [
        RulesController,
        TemplatesController,
        ...life.controllers,
        ...features.controllers,
        ...lists.controllers,
        ...snoozes.controllers,
        ConditionsController,
        ...lookups.controllers,
        ...past.controllers,
        DecisionsController,
        FeedbackController,
        ...reviews.controllers,
        ...figures.controllers,
        ...shadows.controllers,
      ],
      providers: [
        {
          provide: RulesService,
          useValue: new RulesService(rules, publisher, placing, lists.copies),
        },
        { provide: TemplatesService, useValue: new TemplatesService(placingParts) },
        ...life.providers,
        ...features.providers,
        ...lists.providers,
        ...snoozes.providers,
        {
          provide: ConditionsService,
          useValue: new ConditionsService(namedConditions, (id) => runtime.control.project(id)?.timeZone),
        },
        { provide: DecisionsService, useValue: decisionsService },
        ...shadows.providers,
        { provide: FeedbackRepository, useValue: feedback },
        ...reviews.providers,
        ...figures.providers,
        ...lookups.providers,
        ...past.providers,
      ],
    };
  }
}
