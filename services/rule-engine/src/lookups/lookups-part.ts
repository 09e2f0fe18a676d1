import type { Lookup } from '@hermes/contracts/lookup';
import type { DefinitionPublisher } from '@hermes/service-kit/definition-publisher';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import type { Provider, Type } from '@nestjs/common';
import type { Pool } from 'pg';
import type { RuleEngineConfig } from '../config.ts';
import { HttpSource } from './http-source.ts';
import { LookupDesk } from './lookup-desk.ts';
import { LookupsController } from './lookups.controller.ts';
import { LookupsRepository } from './lookups.repository.ts';
import { LookupsService } from './lookups.service.ts';
import { RedisSource } from './redis-source.ts';
import { HeaderSeal } from './sealed-headers.ts';

/** What lookups add to the service. */
export interface LookupsPart {
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
  readonly desk: LookupDesk;
}

/** Lookups over HTTP and in PostgreSQL, and what they ask. */
export function openLookups(
  runtime: Pick<ServiceRuntime<RuleEngineConfig>, 'config' | 'metrics' | 'onShutdown'>,
  pool: Pool,
  publisher: Pick<DefinitionPublisher<unknown>, 'publishSoon'>,
): LookupsPart {
  const { config, metrics } = runtime;
  const seal = new HeaderSeal(config.HERMES_SERVICE_SECRET);
  const http = new HttpSource(seal, config.RULE_ENGINE_LOOKUP_PRIVATE_ADDRESSES === 'allow');
  const redis = new RedisSource(config.RULE_ENGINE_LOOKUP_SERVERS);
  runtime.onShutdown('lookups', async () => {
    redis.close();
    await http.close();
  });
  const ask = (lookup: Lookup, key: string, signal: AbortSignal) =>
    lookup.kind === 'http' ? http.ask(lookup, key, signal) : redis.ask(lookup, key);
  const answers = metrics.counter('rules_lookups_total', 'Lookups for events, by where the answer came from', ['from']);
  const waits = metrics.histogram('rules_lookup_ms', 'Milliseconds of one lookup');
  const desk = new LookupDesk(ask, {
    onAnswered: (from, durationMs) => {
      answers.inc({ from });
      waits.observe(durationMs);
    },
  });
  const lookups = new LookupsRepository(pool, seal);
  return {
    controllers: [LookupsController],
    providers: [{ provide: LookupsService, useValue: new LookupsService(lookups, publisher, desk, redis.names) }],
    desk,
  };
}
