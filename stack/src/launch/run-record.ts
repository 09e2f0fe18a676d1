import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ListenerName } from '../../ports.mjs';
import { isRunning, type ProcessIdentity } from '../process/process-identity.ts';

/** One supervised process, as the data folder's run.json has it. */
export interface UnitRecord extends ProcessIdentity {
  kind: 'part' | 'service' | 'demo';
  startedAtMs: number;
  restarts: number;
}

/** What runs in a data folder: written by the launcher at every change, read by status, checks, tests and the next start. */
export interface RunRecord {
  launcher: ProcessIdentity;
  startedAtMs: number;
  /** When everything was ready; null before. */
  readyAtMs: number | null;
  ports: Record<ListenerName, number>;
  /** Environment of the services: server urls, `<SERVICE>_URL`, the administrator. Holds secrets, like the file. */
  environment: Record<string, string>;
  demo: { writeKey: string; readKey: string } | null;
  units: Record<string, UnitRecord>;
}

const file = (dataDir: string): string => join(dataDir, 'run.json');

export function writeRunRecord(dataDir: string, record: RunRecord): void {
  mkdirSync(dataDir, { recursive: true });
  const partial = `${file(dataDir)}.partial`;
  writeFileSync(partial, JSON.stringify(record, undefined, 2), { mode: 0o600 });
  renameSync(partial, file(dataDir));
}

/** The last run's record, whether it still runs or not. */
export function readRunRecord(dataDir: string): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(file(dataDir), 'utf8')) as RunRecord;
  } catch {
    return undefined;
  }
}

/** The record of the Hermes that runs in this data folder now. */
export function runningHermes(dataDir: string): RunRecord | undefined {
  const record = readRunRecord(dataDir);
  return record !== undefined && isRunning(record.launcher) ? record : undefined;
}
