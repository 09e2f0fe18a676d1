import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaAdmin } from '@hermes/connectors/kafka/driver';
import { eventsTopic } from '@hermes/contracts/topics';
import { takePlaceOf } from '@hermes/stack/launch/suspension';
import type { TestHermes } from '@hermes/stack/testing/hermes';
import { metaKey } from '@hermes/stream-runtime/state-keys';
import type { Redis } from 'ioredis';
import { PROJECT } from './deals.ts';
import { cpuBetween, cpuOf, type ProcessCpu } from './process-cpu.ts';

export const PARTITIONS = 4;
const STORE_JOB = 'profile-store';
/** Whose processor time is looked at. */
const WATCHED = ['profile-store', 'valkey', 'kafka'] as const;
type Watched = (typeof WATCHED)[number];

export type CpuReading = Readonly<Record<Watched, ProcessCpu>>;

/** The running profile-store and the servers beside it, as the bench sees and steers them. */
export class BenchStore {
  readonly hermes: TestHermes;
  readonly redis: Redis;
  private readonly admin: KafkaAdmin;
  private readonly resumes = new Map<string, () => void>();

  constructor(hermes: TestHermes, redis: Redis, admin: KafkaAdmin) {
    this.hermes = hermes;
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

  async untilReady(): Promise<void> {
    const url = `${this.hermes.url('PROFILE_STORE_URL')}/health/ready`;
    await until(
      60_000,
      'profile-store is not ready',
      async () => (await fetch(url).catch(() => undefined))?.ok === true,
    );
  }

  /** Events of the project that are part of profiles. */
  async applied(): Promise<number> {
    const offsets = await Promise.all(
      Array.from({ length: PARTITIONS }, (_, partition) =>
        this.redis.hget(metaKey(STORE_JOB, PROJECT, partition), 'offset'),
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

  /** Another process would begin its processor time anew. @throws Error when profile-store is not that process any more */
  checkStillRuns(pid: number): void {
    if (this.hermes.record().units['profile-store']?.pid === pid) return;
    const log = readFileSync(join(this.hermes.dataDir, 'logs/profile-store.log'), 'utf8');
    const last = log.split('\n').findLast((line) => line.includes('"level":60') || line.includes('"level":50'));
    throw new Error(
      `profile-store has ended while it was measured; its log says: ${(last ?? 'nothing').slice(0, 400)}`,
    );
  }

  cpu(): CpuReading {
    return Object.fromEntries(WATCHED.map((unit) => [unit, cpuOf(this.pid(unit))])) as unknown as CpuReading;
  }

  /** /metrics of profile-store. */
  async metrics(): Promise<string> {
    return (await fetch(`${this.hermes.url('PROFILE_STORE_URL')}/metrics`)).text();
  }
}

export const cpuSince = (before: CpuReading, after: CpuReading): CpuReading =>
  Object.fromEntries(WATCHED.map((unit) => [unit, cpuBetween(before[unit], after[unit])])) as unknown as CpuReading;

/** Looks every 50 ms. @throws Error with `what` when it is not so within the time */
export async function until(withinMs: number, what: string, isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`${what} after ${String(withinMs / 1_000)} s.`);
    await sleep(50);
  }
}
