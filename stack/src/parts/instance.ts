import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { freePort } from '@hermes/service-kit/free-port';
import { identify, endProcess, type ProcessIdentity } from '../process/process-identity.ts';
import { spawnGuarded } from '../process/guarded-spawn.ts';
import { waitUntil } from '../process/wait.ts';
import { parts } from './all.ts';
import { analystUrl } from './clickhouse.ts';
import type { Part, PartInstance, PartName, PartPasswords } from './part.ts';

/** A server of a test's own, on a port of its own. */
export interface RunningPart {
  name: PartName;
  /** As the services get it: KAFKA_BROKERS, REDIS_URL, CLICKHOUSE_URL or DATABASE_URL. */
  url: string;
  /** ClickHouse only: the url of the read-only user. */
  analystUrl?: string;
  pid(): number;
  /** SIGKILL; resolves when the process is gone. */
  kill9(): Promise<void>;
  /** Starts it again on the same data and port, after a stop or a kill; resolves when it answers. */
  restart(): Promise<void>;
  /** Ends it in order; the data stay. */
  stop(): Promise<void>;
}

export const newPassword = (): string => randomBytes(18).toString('base64url');

export function newPasswords(): PartPasswords {
  return { clickhouse: newPassword(), clickhouseAnalyst: newPassword(), postgres: newPassword() };
}

/**
 * Installs (once per machine), lays out and starts one part with its data in `dataDir`, and resolves when it answers.
 * It ends with the calling process, however that ends. `port` 0 or none: a free one.
 */
export async function startPart(
  name: PartName,
  options: { dataDir: string; port?: number; passwords?: PartPasswords },
): Promise<RunningPart> {
  const part: Part = parts[name];
  const instance: PartInstance = {
    dataDir: options.dataDir,
    port: options.port || (await freePort()),
    controllerPort: name === 'kafka' ? await freePort() : 0,
    passwords: options.passwords ?? newPasswords(),
  };
  const home = await part.install(() => undefined);
  const log = join(options.dataDir, `${name}.log`);
  let process: ProcessIdentity | undefined;

  const start = async (): Promise<void> => {
    await part.prepare(instance, home);
    const child = spawnGuarded(part.command(instance, home), log);
    child.unref();
    process = identify(child.pid ?? 0);
    const up = await waitUntil(
      () => {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error('ended');
        return part.answers(part.url(instance));
      },
      { withinMs: part.readyWithinMs },
    );
    if (!up) throw new Error(`${name} did not answer within ${part.readyWithinMs / 1000} s, see ${log}`);
  };
  await start();
  return {
    name,
    url: part.url(instance),
    ...(name === 'clickhouse' ? { analystUrl: analystUrl(instance) } : {}),
    pid: () => process?.pid ?? 0,
    kill9: async () => process && endProcess(process, 'SIGKILL', 5_000),
    restart: async () => {
      if (process !== undefined) await endProcess(process, part.stop.signal, part.stop.graceMs);
      await start();
    },
    stop: async () => process && endProcess(process, part.stop.signal, part.stop.graceMs),
  };
}
