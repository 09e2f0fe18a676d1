import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@hermes/service-kit/free-port';
import type { Report } from '../parts/cache.ts';
import { spawnGuarded } from '../process/guarded-spawn.ts';
import { endProcess, identify, type ProcessIdentity } from '../process/process-identity.ts';
import { waitUntil } from '../process/wait.ts';
import {
  flinkConfiguration,
  javaModuleFlags,
  loggingProperties,
  taskManagerMemory,
  type TaskManagerSize,
} from './configuration.ts';
import { installFlink, type FlinkHome } from './install.ts';

export interface FlinkOptions {
  /** A folder of its own: configuration, logs, checkpoints. Made when it is not there. */
  readonly dataDir: string;
  readonly taskManager: TaskManagerSize;
  /**
   * `quick`: a Java that compiles little, for many short jobs. `fast` (the default): a Java as in production, for
   * measuring.
   */
  readonly java?: 'quick' | 'fast';
  /** Further entries of Flink's config.yaml. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly report?: Report;
}

/** A JobManager, a TaskManager and a SQL Gateway, which end with the calling process, however that ends. */
export interface RunningFlink {
  /** The SQL Gateway: `http://127.0.0.1:PORT`. */
  readonly gatewayUrl: string;
  /** The JobManager's REST. */
  readonly jobManagerUrl: string;
  readonly taskManagerPid: number;
  /** Where the TaskManager's standard output goes (the print connector writes there). */
  readonly taskManagerLog: string;
  /** Whether all three processes still run. Flink itself takes up to a minute to notice that one does not. */
  alive(): boolean;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 120_000;

/** Installs Flink (once per machine) and starts a session cluster on free ports; resolves when a job can be submitted. */
export async function startFlink(options: FlinkOptions): Promise<RunningFlink> {
  const home = await installFlink(options.report ?? (() => undefined));
  const { dataDir, java = 'fast' } = options;
  const memory = taskManagerMemory(options.taskManager);
  const ports = { rpc: await freePort(), rest: await freePort(), gateway: await freePort() };
  for (const folder of ['conf', 'tmp', 'upload', 'checkpoints', 'savepoints']) {
    mkdirSync(join(dataDir, folder), { recursive: true });
  }
  const configuration = flinkConfiguration(ports, dataDir, { ...memory.settings, ...options.settings });
  writeFileSync(join(dataDir, 'conf', 'config.yaml'), configuration);
  writeFileSync(join(dataDir, 'conf', 'log4j2.properties'), loggingProperties);

  const quick = java === 'quick' ? ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'] : [];
  const spawn = (name: string, jvm: readonly string[], main: readonly string[]): Spawned =>
    spawnJava(home, dataDir, name, [...jvm, ...quick], main);
  const configDir = ['--configDir', join(dataDir, 'conf')];
  const entry = 'org.apache.flink.runtime';
  const all = {
    jobManager: spawn(
      'jobmanager',
      ['-Xmx512m', '-XX:+UseSerialGC'],
      [`${entry}.entrypoint.StandaloneSessionClusterEntrypoint`, ...configDir],
    ),
    taskManager: spawn(
      'taskmanager',
      [`-Xms${memory.heapMb}m`, `-Xmx${memory.heapMb}m`, '-XX:MaxMetaspaceSize=384m'],
      [`${entry}.taskexecutor.TaskManagerRunner`, ...configDir],
    ),
    gateway: spawn('gateway', ['-Xmx768m', '-XX:+UseSerialGC'], ['org.apache.flink.table.gateway.SqlGateway']),
  };
  const stop = async (): Promise<void> => {
    await Promise.all(Object.values(all).map(({ process }) => process && endProcess(process, 'SIGTERM', 5_000)));
  };
  const jobManagerUrl = `http://127.0.0.1:${ports.rest}`;
  const gatewayUrl = `http://127.0.0.1:${ports.gateway}`;
  let ended: string | undefined;
  const up = await waitUntil(
    async () => {
      ended ??= Object.values(all).find((each) => each.ended())?.log;
      return ended !== undefined || (await answers(jobManagerUrl, gatewayUrl));
    },
    { withinMs: READY_WITHIN_MS, everyMs: 200 },
  );
  if (!up || ended !== undefined) {
    await stop();
    throw new Error(`Flink did not start${ended === undefined ? ' in time' : ''}, see ${ended ?? dataDir}`);
  }
  return {
    gatewayUrl,
    jobManagerUrl,
    taskManagerPid: all.taskManager.process?.pid ?? 0,
    taskManagerLog: all.taskManager.log,
    alive: () => !Object.values(all).some((each) => each.ended()),
    stop,
  };
}

interface Spawned {
  readonly process: ProcessIdentity | undefined;
  readonly log: string;
  ended(): boolean;
}

function spawnJava(
  home: FlinkHome,
  dataDir: string,
  name: string,
  jvm: readonly string[],
  main: readonly string[],
): Spawned {
  const log = join(dataDir, `${name}.log`);
  const child = spawnGuarded(
    {
      argv: [
        home.java,
        ...jvm,
        ...javaModuleFlags,
        '-Dfile.encoding=UTF-8',
        // The zone of the machine shall decide nothing.
        '-Duser.timezone=UTC',
        `-Dlog4j2.configurationFile=${join(dataDir, 'conf', 'log4j2.properties')}`,
        ...['-cp', `${home.lib}/*:${home.jars}/*`],
        ...main,
      ],
      cwd: dataDir,
      env: {
        FLINK_HOME: dataDir,
        FLINK_CONF_DIR: join(dataDir, 'conf'),
        FLINK_LIB_DIR: home.lib,
        FLINK_OPT_DIR: home.opt,
        FLINK_PLUGINS_DIR: home.plugins,
      },
    },
    log,
  );
  child.unref();
  return {
    process: identify(child.pid ?? 0),
    log,
    ended: () => child.exitCode !== null || child.signalCode !== null,
  };
}

/** Whether the gateway answers and the JobManager has a TaskManager with a free slot. */
async function answers(jobManagerUrl: string, gatewayUrl: string): Promise<boolean> {
  const overview = (await (await fetch(`${jobManagerUrl}/overview`)).json()) as Record<string, unknown>;
  if (!(Number(overview['slots-available']) > 0)) return false;
  return (await fetch(`${gatewayUrl}/v1/info`)).ok;
}
