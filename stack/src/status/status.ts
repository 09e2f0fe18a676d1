import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ListenerName } from '../../ports.mjs';
import { runningHermes, type RunRecord } from '../launch/run-record.ts';
import { readSettings } from '../launch/settings.ts';
import { isRunning } from '../process/process-identity.ts';
import { consumerLag } from './consumer-lag.ts';
import { useOf } from './process-use.ts';
import { formatBytes, formatDuration, table } from './table.ts';

/** `npm run status`: what runs where, since when, with what memory, disk and lag. Exit code 1 when nothing runs. */
export async function status(): Promise<number> {
  const { dataDir } = readSettings(process.env, Date.now());
  const record = runningHermes(dataDir);
  if (record === undefined) {
    process.stdout.write(`Hermes does not run in ${dataDir}. Disk: ${formatBytes(folderBytes(dataDir))}.\n`);
    return 1;
  }
  const nowMs = Date.now();
  const since =
    record.readyAtMs === null ? 'is starting' : `is ready since ${formatDuration(nowMs - record.readyAtMs)}`;
  process.stdout.write(`Hermes ${since}; console ${record.environment['CONSOLE_URL'] ?? '-'}; data ${dataDir}\n\n`);
  process.stdout.write(`${unitTable(dataDir, record, nowMs)}\n\n${await lagTable(record)}\n`);
  return 0;
}

function unitTable(dataDir: string, record: RunRecord, nowMs: number): string {
  const heading = ['name', 'kind', 'port', 'pid', 'up', 'restarts', 'cpu', 'memory', 'disk'];
  const launcher = { kind: 'launcher', startedAtMs: record.startedAtMs, restarts: 0, ...record.launcher };
  let memory = 0;
  const rows = Object.entries({ launcher, ...record.units }).map(([name, unit]) => {
    // The launcher's children have rows of their own.
    const use = name === 'launcher' ? ownUse(unit.pid, record) : useOf(unit.pid);
    memory += use.residentBytes;
    const upMs = nowMs - unit.startedAtMs;
    const disk = unit.kind === 'part' ? formatBytes(folderBytes(join(dataDir, name))) : '';
    const state = isRunning(unit) ? formatDuration(upMs) : 'restarting';
    const cpu = `${((use.cpuSeconds / (upMs / 1000)) * 100).toFixed(1)} %`;
    const port = record.ports[name as ListenerName];
    return [
      name,
      unit.kind,
      port === undefined ? '' : String(port),
      String(unit.pid),
      state,
      String(unit.restarts),
      cpu,
      formatBytes(use.residentBytes),
      disk,
    ];
  });
  const total = ['total', '', '', '', '', '', '', formatBytes(memory), formatBytes(folderBytes(dataDir))];
  return table([heading, ...rows, total], [2, 3, 5, 6, 7, 8]);
}

function ownUse(pid: number, record: RunRecord): ReturnType<typeof useOf> {
  const all = useOf(pid);
  return Object.values(record.units).reduce((rest, unit) => {
    const use = useOf(unit.pid);
    return { residentBytes: rest.residentBytes - use.residentBytes, cpuSeconds: rest.cpuSeconds - use.cpuSeconds };
  }, all);
}

async function lagTable(record: RunRecord): Promise<string> {
  const brokers = record.environment['KAFKA_BROKERS'];
  if (brokers === undefined) return 'Kafka is not up yet.';
  try {
    const lags = await consumerLag(brokers);
    if (lags.length === 0) return 'No consumer group has read anything yet.';
    return table(
      [['consumer group', 'topic', 'lag'], ...lags.map(({ group, topic, lag }) => [group, topic, String(lag)])],
      [2],
    );
  } catch (error) {
    return `Kafka does not say how far its readers are: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function folderBytes(folder: string): number {
  try {
    return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
      const path = join(folder, entry.name);
      return sum + (entry.isDirectory() ? folderBytes(path) : entry.isFile() ? allocatedBytes(path) : 0);
    }, 0);
  } catch {
    return 0;
  }
}

/** What the file takes on the disk: Kafka's indexes are sparse and look larger. */
function allocatedBytes(path: string): number {
  try {
    return statSync(path).blocks * 512;
  } catch {
    return 0;
  }
}
