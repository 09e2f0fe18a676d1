import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaAdmin } from '@hermes/connectors/kafka/driver';
import type { ServiceName } from '@hermes/contracts/identifiers';
import { eventsTopic } from '@hermes/contracts/topics';
import { serviceUrlVariable } from '@hermes/stack/launch/stack-services';
import { takePlaceOf } from '@hermes/stack/launch/suspension';
import type { TestHermes } from '@hermes/stack/testing/hermes';
import { metaKey } from '@hermes/stream-runtime/state-keys';
import type { Redis } from 'ioredis';
import { PROJECT } from './deals.ts';
import { cpuBetween, cpuOf, type ProcessCpu } from './process-cpu.ts';

export const PARTITIONS = 4;
/** Processor time of the service and of the servers beside it. */
export type CpuReading = Readonly<Record<'service' | 'valkey' | 'kafka', ProcessCpu>>;

/** A service that counts events, and the servers beside it, as a bench sees and steers them. */
export class BenchService {
  readonly hermes: TestHermes;
  /** Its job has the same name. */
  readonly name: ServiceName;
  readonly redis: Redis;
  private readonly admin: KafkaAdmin;
  private readonly resumes = new Map<string, () => void>();

  constructor(hermes: TestHermes, name: ServiceName, redis: Redis, admin: KafkaAdmin) {
    this.hermes = hermes;
    this.name = name;
    this.redis = redis;
    this.admin = admin;
  }

  /** Stops a service in order, until `resume`: only what is measured shall run. */
  async suspend(service: string): Promise<void> {
    this.resumes.set(service, takePlaceOf(this.hermes.dataDir, service));
    while (this.hermes.record().units[service] !== undefined) await sleep(50);
  }

  /** Lets the service run again; does not wait for it. */
  resume(service: string): void {
    this.resumes.get(service)?.();
    this.resumes.delete(service);
  }

  get url(): string {
    return this.hermes.url(serviceUrlVariable(this.name));
  }

  async untilReady(): Promise<void> {
    const url = `${this.url}/health/ready`;
    await until(
      60_000,
      `${this.name} is not ready`,
      async () => (await fetch(url).catch(() => undefined))?.ok === true,
    );
  }

  /** Events of the project that are part of its state. */
  async applied(): Promise<number> {
    const offsets = await Promise.all(
      Array.from({ length: PARTITIONS }, (_, partition) =>
        this.redis.hget(metaKey(this.name, PROJECT, partition), 'offset'),
      ),
    );
    return offsets.reduce((sum, offset) => sum + Number(offset ?? 0), 0);
  }

  /** Events of the project that were written. */
  async written(): Promise<number> {
    const offsets = await this.admin.offsets(eventsTopic(PROJECT));
    return [...offsets.values()].reduce((sum, { latest }) => sum + latest, 0);
  }

  /** Used memory of Valkey, in bytes. */
  async usedMemory(): Promise<number> {
    return Number(/^used_memory:(\d+)/m.exec(await this.redis.info('memory'))?.[1]);
  }

  /** Waits until Valkey does not write its file anew, so that the processor time of that is known. */
  async untilRewritten(): Promise<void> {
    await until(120_000, 'Valkey still writes its file anew', async () => {
      const info = await this.redis.info('persistence');
      return /^aof_rewrite_in_progress:0/m.test(info) && /^aof_rewrite_scheduled:0/m.test(info);
    });
  }

  pid(unit: string): number {
    const found = this.hermes.record().units[unit];
    if (found === undefined) throw new Error(`${unit} does not run`);
    return found.pid;
  }

  /** Another process would begin its processor time anew. @throws Error when the service is not that process any more */
  checkStillRuns(pid: number): void {
    if (this.hermes.record().units[this.name]?.pid === pid) return;
    const log = readFileSync(join(this.hermes.dataDir, `logs/${this.name}.log`), 'utf8');
    const last = log.split('\n').findLast((line) => line.includes('"level":60') || line.includes('"level":50'));
    throw new Error(`${this.name} has ended while it was measured; its log says: ${(last ?? 'nothing').slice(0, 400)}`);
  }

  cpu(): CpuReading {
    return {
      service: cpuOf(this.pid(this.name)),
      valkey: cpuOf(this.pid('valkey')),
      kafka: cpuOf(this.pid('kafka')),
    };
  }

  /** Its /metrics. */
  async metrics(): Promise<string> {
    return (await fetch(`${this.url}/metrics`)).text();
  }
}

export const cpuSince = (before: CpuReading, after: CpuReading): CpuReading => ({
  service: cpuBetween(before.service, after.service),
  valkey: cpuBetween(before.valkey, after.valkey),
  kafka: cpuBetween(before.kafka, after.kafka),
});

/** Looks every 50 ms. @throws Error with `what` when it is not so within the time */
export async function until(withinMs: number, what: string, isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`${what} after ${String(withinMs / 1_000)} s.`);
    await sleep(50);
  }
}

/** Waits until the service has taken the events up. @throws Error when it ends or stands still */
export async function untilApplied(service: BenchService, wanted: number, pid: number): Promise<void> {
  let [before, sinceMs] = [0, performance.now()];
  await until(3_600_000, 'the events are not applied', async () => {
    service.checkStillRuns(pid);
    const applied = await service.applied();
    if (applied !== before) [before, sinceMs] = [applied, performance.now()];
    else if (performance.now() - sinceMs > 60_000)
      throw new Error(`${service.name} stands still at ${String(applied)} of ${String(wanted)} events.`);
    return applied >= wanted;
  });
}
