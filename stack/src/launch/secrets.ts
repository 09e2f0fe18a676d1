import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newPassword, newPasswords } from '../parts/instance.ts';
import type { PartPasswords } from '../parts/part.ts';

/** Made at random when the data folder is new, kept there, readable by its owner alone. */
export interface Secrets {
  parts: PartPasswords;
  adminEmail: string;
  adminPassword: string;
  /** Signs the tokens with which services call each other. */
  serviceSecret: string;
}

/** Those of the data folder, made when it is new; what a folder of an older build lacks is added. */
export function loadSecrets(dataDir: string): Secrets {
  const path = join(dataDir, 'secrets.json');
  const kept = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Partial<Secrets>) : {};
  const secrets: Secrets = {
    parts: kept.parts ?? newPasswords(),
    adminEmail: kept.adminEmail ?? 'admin@hermes.local',
    adminPassword: kept.adminPassword ?? newPassword(),
    serviceSecret: kept.serviceSecret ?? randomBytes(32).toString('base64url'),
  };
  if (kept.serviceSecret !== undefined) return secrets;
  mkdirSync(dataDir, { recursive: true });
  // Whole or not at all: a crash in the middle must not take the passwords of servers that have data.
  writeFileSync(`${path}.new`, `${JSON.stringify(secrets, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return secrets;
}
