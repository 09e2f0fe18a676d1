import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import type { ServiceName } from '@hermes/contracts/identifiers';
import { platformTopics } from '@hermes/contracts/topics';
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import pino, { type Logger } from 'pino';
import type { z } from 'zod';
import { AccessGuard } from './access.ts';
import { BaseConfig, readConfig } from './base-config.ts';
import { followControl } from './control-copy.ts';
import { HEALTH_STATE, HealthController, type HealthState } from './health.controller.ts';
import { startMetrics } from './metrics.ts';
import { nestLogger } from './nest-logger.ts';
import { ProblemFilter } from './problem-filter.ts';
import { SERVICE_RUNTIME, type ServiceRuntime } from './runtime.ts';
import { closeInReverse, type Closer, onTermination } from './shutdown.ts';

export interface ServiceDefinition<C> {
  readonly name: ServiceName;
  /** What the service takes from the environment beyond BaseConfig. */
  readonly config: z.ZodType<C>;
  readonly module: (runtime: ServiceRuntime<C>) => DynamicModule | Promise<DynamicModule>;
  /** Largest request body in bytes; default 1 MB. */
  readonly bodyLimitBytes?: number;
  /** Last touches on the application before it listens: content parsers, static files. */
  readonly configure?: (app: NestFastifyApplication, runtime: ServiceRuntime<C>) => void | Promise<void>;
}

@Module({})
class KitModule {}

function kitModule(runtime: ServiceRuntime, health: HealthState): DynamicModule {
  return {
    module: KitModule,
    global: true,
    controllers: [HealthController],
    providers: [
      { provide: SERVICE_RUNTIME, useValue: runtime },
      { provide: HEALTH_STATE, useValue: health },
      { provide: APP_GUARD, useValue: new AccessGuard(runtime.control, runtime.config.HERMES_SERVICE_SECRET) },
      { provide: APP_FILTER, useValue: new ProblemFilter(runtime.logger) },
    ],
    exports: [SERVICE_RUNTIME],
  };
}

/** Keeps trying while Kafka is not there yet: services and servers start in any order. */
async function untilKafka<T>(logger: Logger, attempt: () => Promise<T>): Promise<T> {
  for (let waitMs = 200; ; waitMs = Math.min(waitMs * 2, 5_000)) {
    try {
      return await attempt();
    } catch (error) {
      logger.warn({ err: error, waitMs }, 'Kafka does not answer yet');
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

async function start<C>(definition: ServiceDefinition<C>, config: BaseConfig & C, logger: Logger): Promise<void> {
  const instance = randomUUID().slice(0, 8);
  const closers: Closer[] = [];
  const kafka = openKafka({
    brokers: config.KAFKA_BROKERS.split(','),
    clientId: `hermes-${definition.name}`,
    driver: config.KAFKA_DRIVER,
  });
  closers.push({ label: 'kafka', close: () => kafka.close() });
  await untilKafka(logger, async () => {
    const admin = await kafka.admin();
    await admin.ensureTopics(platformTopics(config.HERMES_CONTROL_TOPIC)).finally(() => admin.close());
  });
  const metrics = await startMetrics({ service: definition.name, instance, kafka, logger });
  closers.push({ label: 'metrics', close: () => metrics.close() });
  const control = await untilKafka(logger, () => followControl(kafka, config.HERMES_CONTROL_TOPIC, logger));
  closers.push({ label: 'control', close: () => control.close() });

  const health: HealthState = {
    service: definition.name,
    instance,
    registry: metrics.registry,
    checks: new Map(),
    stopping: false,
  };
  const runtime: ServiceRuntime<C> = {
    name: definition.name,
    instance,
    config,
    logger,
    kafka,
    control,
    metrics,
    onShutdown: (label, close) => void closers.push({ label, close }),
    ready: (label, check) => void health.checks.set(label, check),
  };

  @Module({ imports: [kitModule(runtime, health), await definition.module(runtime)] })
  class RootModule {}

  const adapter = new FastifyAdapter({
    bodyLimit: definition.bodyLimitBytes ?? 1_048_576,
    forceCloseConnections: 'idle',
  });
  const app = await NestFactory.create<NestFastifyApplication>(RootModule, adapter, { logger: nestLogger(logger) });
  await definition.configure?.(app, runtime);
  const document = new DocumentBuilder().setTitle(`Hermes ${definition.name}`).setVersion('1').addBearerAuth().build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, document));

  onTermination(async () => {
    health.stopping = true;
    logger.info('shutting down');
    await app.close();
    await closeInReverse(closers, logger);
  }, logger);
  await app.listen(config.PORT, config.HOST);
  logger.info({ port: config.PORT, instance }, `${definition.name} listens`);
}

/** Runs a service until SIGTERM or SIGINT; a wrong setting stops it with one sentence and exit code 78 (EX_CONFIG). */
export async function bootService<C>(definition: ServiceDefinition<C>): Promise<void> {
  const base = readConfig(BaseConfig, process.env);
  const own = readConfig(definition.config, process.env);
  const wrong = [base, own].find((result) => result.kind === 'rejected');
  if (base.kind === 'rejected' || own.kind === 'rejected') {
    process.stderr.write(`${definition.name}: ${wrong?.kind === 'rejected' ? wrong.sentence : ''}\n`);
    process.exit(78);
  }
  const logger = pino({ name: definition.name, level: base.value.HERMES_LOG_LEVEL });
  try {
    await start(definition, { ...own.value, ...base.value }, logger);
  } catch (error) {
    logger.fatal({ err: error }, 'the service could not start');
    process.exit(1);
  }
}
