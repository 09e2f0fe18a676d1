import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newPassword, newPasswords } from '../parts/instance.ts';
import type { PartPasswords } from '../parts/part.ts';

/** Made at random when the data folder is new, kept there, readable by its owner alone. */
export interface Secrets {
  parts: PartPasswords;
  adminEmail: string;
  adminPassword: string;
}

export function loadSecrets(dataDir: string): Secrets {
  const path = join(dataDir, 'secrets.json');
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Secrets;
  const secrets = { parts: newPasswords(), adminEmail: 'admin@hermes.local', adminPassword: newPassword() };
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(path, `${JSON.stringify(secrets, undefined, 2)}\n`, { mode: 0o600 });
  return secrets;
}
