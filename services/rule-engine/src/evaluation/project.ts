import type { RedisOrCluster } from '@hermes/connectors/redis/client';
import type { ProjectRecord } from '@hermes/contracts/control';
import { consumerGroup, decisionsTopic, projectTopics } from '@hermes/contracts/topics';
import type { Evaluator } from '@hermes/rules/decide';
import { type CountingStore, eraseSubjects } from '@hermes/feature-counting/erase-subjects';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import { FeatureFiller, type History } from '@hermes/feature-counting/feature-filler';
import { type ErasureCopy, followErasures } from '@hermes/service-kit/erasure-copy';
import { type ErasableStore, eraseOnRequest } from '@hermes/service-kit/erasure-work';
import type { DefinitionPublisher } from '@hermes/service-kit/definition-publisher';
import type { ProjectWorker } from '@hermes/service-kit/project-workers';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import type { LandingObserver } from '@hermes/stream-runtime/land-topic';
import { hasLanded } from '@hermes/stream-runtime/landing-progress';
import type { BacktestsRepository } from '../backtests/backtests.repository.ts';
import type { RuleEngineConfig } from '../config.ts';
import { LANDING_JOB, startDecisionsLanding } from '../decisions/decisions-landing.ts';
import type { DecisionsRepository } from '../decisions/decisions.repository.ts';
import type { ListsPart } from '../lists/lists-part.ts';
import { eraseTold } from '../persons/erase-persons.ts';
import { feedPersons } from '../persons/person-feed.ts';
import { subscribeToPersons } from '../persons/person-subscription.ts';
import { wantedFeatures } from '../persons/wanted-features.ts';
import { eraseMemories } from './erase-memories.ts';
import { REVIEWS_JOB, startReviewsLanding } from '../reviews/reviews-landing.ts';
import type { ReviewsRepository } from '../reviews/reviews.repository.ts';
import type { LookupDesk } from '../lookups/lookup-desk.ts';
import { type RuleObserver, type RunningRules, startProjectProcessors } from './project-processor.ts';
import { RULE_JOB, RULE_KEYED_JOB, type RuleJob } from './rule-job.ts';

export interface ProjectParts {
  readonly runtime: Pick<ServiceRuntime<RuleEngineConfig>, 'kafka' | 'config' | 'logger' | 'metrics'>;
  readonly publisher: Pick<DefinitionPublisher<unknown>, 'takeUp' | 'release'>;
  readonly lists: Pick<ListsPart, 'copies' | 'publisher'>;
  readonly decisions: DecisionsRepository;
  /** Where held decisions wait. */
  readonly reviews: Pick<ReviewsRepository, 'add'> & { readonly store: ErasableStore };
  readonly observers: Readonly<Record<RuleJob, RuleObserver>>;
  readonly backtests: Pick<BacktestsRepository, 'store'>;
  readonly landingObserver: LandingObserver;
  /** What rules look up is asked of it. */
  readonly desk: Pick<LookupDesk, 'answer'>;
  /** A project's published features; undefined until they have been read. */
  readonly featuresOf: (project: string) => FeatureSet | undefined;
  /** Asked instead of the compiled rules. */
  readonly evaluator?: Evaluator | undefined;
  /** For the marks of fills, beside the processors. */
  readonly redis: Promise<RedisOrCluster>;
  readonly history: (project: string) => History;
  readonly onFillTrouble: (project: string, slot: number, reason: string | null) => void;
}

export interface RunningProject extends ProjectWorker {
  readonly id: string;
  /** Events not evaluated yet, of the partitions that this process owns. */
  lag(): number;
  /** Whether an erasure covers what happened to the subject at an instant. */
  isErased(who: string, atMs: number): boolean;
}

/** How long an erasure waits at once for what was under way to land; it tries again after that. */
const LANDED_WITHIN_MS = 60_000;

/** Everything that one project needs of this service: its rules on Kafka, its evaluation, its decisions in ClickHouse. */
export async function startProject(parts: ProjectParts, project: ProjectRecord): Promise<RunningProject> {
  const { runtime, publisher, lists } = parts;
  const admin = await runtime.kafka.admin();
  await admin.ensureTopics(projectTopics(project.id, project.partitions)).finally(() => admin.close());
  publisher.takeUp(project.id);
  // Whole before anything lands.
  const erased = await followErasures(runtime.kafka, project.id, runtime.logger);
  const closers = [() => erased.close()];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).toReversed()) await one();
  };
  try {
    // Whole before anything is asked of them.
    const list = await lists.copies.follow(project.id);
    closers.push(() => lists.copies.forget(project.id));
    lists.publisher.takeUp(project.id);
    closers.push(async () => lists.publisher.release(project.id));
    const evaluating = await startProjectProcessors(
      runtime,
      project,
      list,
      parts.observers,
      parts.desk,
      parts.evaluator,
    );
    closers.push(() => evaluating.close());
    closers.push(hearOfPersons(parts, project, evaluating));
    closers.push(countFeatures(parts, await parts.redis, project, evaluating, erased));
    const landing = await startDecisionsLanding(
      {
        kafka: runtime.kafka,
        decisions: parts.decisions,
        erased,
        metrics: runtime.metrics,
        observer: parts.landingObserver,
        logger: runtime.logger,
        sessionTimeoutMs: runtime.config.KAFKA_SESSION_TIMEOUT_MS,
      },
      project,
    );
    closers.push(() => landing.close());
    closers.push(await landReviews(parts, project, erased));
    const erasing = eraseOnRequest({
      kafka: runtime.kafka,
      project: project.id,
      copy: erased,
      stores: [parts.decisions.store(), parts.reviews.store, parts.backtests.store()],
      settled: async (signal) => {
        const landed = [LANDING_JOB, REVIEWS_JOB].map((job) =>
          hasLanded(runtime.kafka, {
            groupId: consumerGroup(job, project.id),
            targets: [{ topic: decisionsTopic(project.id) }],
            withinMs: LANDED_WITHIN_MS,
            signal,
          }),
        );
        return (await Promise.all(landed)).every(Boolean);
      },
      logger: runtime.logger,
    });
    closers.push(() => erasing.close());
    return {
      id: project.id,
      lag: () => evaluating.lag(),
      isErased: (who, atMs) => erased.covers(who, atMs),
      close: async () => {
        publisher.release(project.id);
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Has profile-store tell of the persons that rules ask for, and brings what it tells into their partitions. Answers what ends it. */
function hearOfPersons(
  { runtime: { kafka, config, logger }, featuresOf }: ProjectParts,
  project: ProjectRecord,
  { job, inject, personsAsked }: RunningRules,
): () => Promise<void> {
  const subscription = subscribeToPersons({
    project: project.id,
    url: config.PROFILE_STORE_URL,
    secret: config.HERMES_SERVICE_SECRET,
    wanted: () => wantedFeatures(personsAsked(), featuresOf(project.id)),
    logger,
  });
  const feed = feedPersons({
    kafka,
    project,
    owned: () => job.owned(),
    // Who is in which segment is known when a rule begins to ask.
    isAsked: () => (personsAsked()?.length ?? 0) > 0 || featuresOf(project.id)?.hasSegments === true,
    inject: inject[RULE_JOB],
    logger,
  });
  return async () => {
    await Promise.all([subscription.close(), feed.close()]);
  };
}

/** Brings held decisions to where people find them. Answers what ends it. */
async function landReviews(
  { runtime: { kafka, metrics, logger, config }, reviews }: ProjectParts,
  project: ProjectRecord,
  erased: ErasureCopy,
): Promise<() => Promise<void>> {
  const sessionTimeoutMs = config.KAFKA_SESSION_TIMEOUT_MS;
  const landing = await startReviewsLanding({ kafka, reviews, erased, metrics, logger, sessionTimeoutMs }, project);
  return () => landing.close();
}

/** Fills the features that rules ask for, and erases subjects from them and from what facts remember. Answers what ends it. */
function countFeatures(
  { runtime: { kafka, logger }, history, onFillTrouble }: ProjectParts,
  redis: RedisOrCluster,
  project: ProjectRecord,
  { job, keyedJob, inject }: RunningRules,
  erased: ErasureCopy,
): () => Promise<void> {
  const filler = new FeatureFiller({
    project: project.id,
    partitions: project.partitions,
    jobs: [job, keyedJob],
    eventsJob: job.job,
    redis,
    history: history(project.id),
    erasedAtMs: (subject) => erased.erasedAtMs(subject),
    logger,
    onTrouble: (slot, reason) => onFillTrouble(project.id, slot, reason),
  });
  const toldOf = eraseTold({ project, redis, job: RULE_JOB, inject: inject[RULE_JOB] });
  const memoriesOf = (of: RuleJob) => eraseMemories({ project, redis, job: of, inject: inject[of] });
  const stores = [
    { job, store: 'rule_features', eraseMore: bothErased(memoriesOf(RULE_JOB), toldOf) },
    { job: keyedJob, store: 'rule_features_keyed', eraseMore: memoriesOf(RULE_KEYED_JOB) },
  ] as const;
  const erasing = eraseSubjects({ project, stores, redis, kafka, logger, isOpen: (erasure) => erased.isOpen(erasure) });
  erased.onOpen((erasure) => erasing.take(erasure));
  return async () => {
    await Promise.all([filler.close(), erasing.close()]);
  };
}

type EraseMore = NonNullable<CountingStore['eraseMore']>;

const bothErased =
  (first: EraseMore, second: EraseMore): EraseMore =>
  async (subject, erasedAtMs) => {
    const one = await first(subject, erasedAtMs);
    const other = one && (await second(subject, erasedAtMs));
    return one && other && { removed: one.removed + other.removed, remaining: one.remaining + other.remaining };
  };
