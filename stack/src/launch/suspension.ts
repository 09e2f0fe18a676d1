import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isRunning, type ProcessIdentity } from '../process/process-identity.ts';

/**
 * Another process may take a service's place (`npm run dev`): it leaves its identity in `<data>/suspended/<service>`, and
 * the launcher keeps its own copy down for as long as that process lives.
 */
const folder = (dataDir: string): string => join(dataDir, 'suspended');

/** Takes the service's place; returns how to give it back. */
export function takePlaceOf(dataDir: string, service: string): () => void {
  mkdirSync(folder(dataDir), { recursive: true });
  const file = join(folder(dataDir), service);
  writeFileSync(file, JSON.stringify(identify(process.pid)));
  return () => rmSync(file, { force: true });
}

/** The units that living processes have taken the place of. */
export function suspendedUnits(dataDir: string): ReadonlySet<string> {
  return new Set(namesIn(folder(dataDir)).filter((name) => heldByLiving(join(folder(dataDir), name))));
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function heldByLiving(file: string): boolean {
  try {
    return isRunning(JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity);
  } catch {
    return false;
  }
}
