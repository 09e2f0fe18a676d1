/** What one TaskManager is given. */
export interface TaskManagerSize {
  /** Memory of its whole process, in MiB; the heap is what the fixed parts below leave of it. */
  readonly memoryMb: number;
  /** How many parallel pipelines run at once; one job of parallelism 1 takes one slot. */
  readonly slots: number;
}

/** Fixed parts of a TaskManager's memory, in MiB. A Flink without its start scripts wants every one of them named. */
const FIXED_MB = {
  'memory.framework.heap.size': 128,
  'memory.framework.off-heap.size': 128,
  'memory.task.off-heap.size': 32,
  'memory.jvm-metaspace.size': 384,
} as const;
const NETWORK_MB_PER_SLOT = 16;
/** Window and mini-batch operators buffer in managed memory. */
const MANAGED_MB_PER_SLOT = 48;
const OVERHEAD_MB = 128;

/** What the heap of the process (`-Xmx`) and Flink's own reckoning of it come to. */
export interface TaskManagerMemory {
  readonly heapMb: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** @throws RangeError when less than 256 MiB of heap would be left for the tasks. */
export function taskManagerMemory({ memoryMb, slots }: TaskManagerSize): TaskManagerMemory {
  const networkMb = Math.max(64, NETWORK_MB_PER_SLOT * slots);
  const managedMb = Math.max(128, MANAGED_MB_PER_SLOT * slots);
  const fixedMb = Object.values(FIXED_MB).reduce((sum, each) => sum + each, 0);
  const taskHeapMb = memoryMb - fixedMb - networkMb - managedMb - OVERHEAD_MB;
  if (taskHeapMb < 256) {
    const leastMb = memoryMb - taskHeapMb + 256;
    throw new RangeError(`a TaskManager with ${slots} slots needs at least ${leastMb} MiB, not ${memoryMb}`);
  }
  const sizes = {
    ...FIXED_MB,
    'memory.task.heap.size': taskHeapMb,
    'memory.managed.size': managedMb,
    'memory.network.min': networkMb,
    'memory.network.max': networkMb,
    'memory.jvm-overhead.min': OVERHEAD_MB,
    'memory.jvm-overhead.max': OVERHEAD_MB,
  };
  return {
    heapMb: taskHeapMb + FIXED_MB['memory.framework.heap.size'],
    settings: {
      ...Object.fromEntries(Object.entries(sizes).map(([name, mb]) => [`taskmanager.${name}`, `${mb}m`])),
      'taskmanager.cpu.cores': String(slots),
      'taskmanager.numberOfTaskSlots': String(slots),
    },
  };
}

export interface FlinkPorts {
  readonly rpc: number;
  /** The JobManager's REST. */
  readonly rest: number;
  readonly gateway: number;
}

/** Flink's config.yaml, flat keys. `folder` is where all that this cluster writes goes. */
export function flinkConfiguration(ports: FlinkPorts, folder: string, extra: Readonly<Record<string, string>>): string {
  const settings: Record<string, string> = {
    'jobmanager.rpc.address': '127.0.0.1',
    'jobmanager.rpc.port': String(ports.rpc),
    'jobmanager.bind-host': '127.0.0.1',
    'jobmanager.memory.process.size': '1024m',
    'taskmanager.host': '127.0.0.1',
    'taskmanager.bind-host': '127.0.0.1',
    'rest.address': '127.0.0.1',
    'rest.bind-address': '127.0.0.1',
    'rest.port': String(ports.rest),
    'sql-gateway.endpoint.rest.address': '127.0.0.1',
    'sql-gateway.endpoint.rest.bind-address': '127.0.0.1',
    'sql-gateway.endpoint.rest.port': String(ports.gateway),
    'sql-gateway.endpoint.rest.bind-port': String(ports.gateway),
    'sql-gateway.session.idle-timeout': '0 s',
    'parallelism.default': '1',
    'io.tmp.dirs': `${folder}/tmp`,
    'web.upload.dir': `${folder}/upload`,
    'execution.checkpointing.dir': `file://${folder}/checkpoints`,
    'execution.checkpointing.savepoint-dir': `file://${folder}/savepoints`,
    // The JobManager's REST answers with what is, not with what was three seconds ago.
    'web.refresh-interval': '100',
    'metrics.fetcher.update-interval': '200',
    'web.submit.enable': 'false',
    // A failing job shall fail.
    'restart-strategy.type': 'none',
    'classloader.check-leaked-classloader': 'false',
    ...extra,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}: '${value.replaceAll("'", "''")}'\n`)
    .join('');
}

export const loggingProperties = `status=error
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{ISO8601} %p %c{1} %m%n%throwable
rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
`;

const EXPORTS = ['java.rmi/sun.rmi.registry', 'java.security.jgss/sun.security.krb5'];
const OPENS =
  'lang net io nio lang.reflect text time util util.concurrent util.concurrent.atomic util.concurrent.locks';

/** What Flink's reflection wants of a Java from 17 on, as its own default `env.java.opts.all` says. */
export const javaModuleFlags: readonly string[] = [
  ...EXPORTS.map((name) => `--add-exports=${name}=ALL-UNNAMED`),
  ...OPENS.split(' ').map((name) => `--add-opens=java.base/java.${name}=ALL-UNNAMED`),
  '--add-opens=java.base/sun.nio.ch=ALL-UNNAMED',
];
