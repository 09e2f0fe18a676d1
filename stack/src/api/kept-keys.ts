import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { KeyScope } from '@hermes/contracts/control';
import { z } from 'zod';
import type { ConsoleClient } from './console-client.ts';

/** The console shows a key once, so this machine keeps what it made: `<data folder>/keys/<project>.json`, for its owner alone. */
const KeptKeys = z.record(z.string(), z.object({ id: z.string(), key: z.string() }));

const fileOf = (dataDir: string, project: string): string => join(dataDir, 'keys', `${project}.json`);

function readKept(file: string): z.infer<typeof KeptKeys> {
  try {
    return KeptKeys.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}

/** The key called `name`: the kept one when the console still knows it, else a new one. */
export async function keepKey(
  client: ConsoleClient,
  dataDir: string,
  project: string,
  name: string,
  scopes: readonly KeyScope[],
): Promise<string> {
  const file = fileOf(dataDir, project);
  const kept = readKept(file);
  const known = kept[name];
  if (known !== undefined && (await client.keyIds(project)).includes(known.id)) return known.key;
  const { id, key } = await client.newKey(project, name, scopes);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.partial`, `${JSON.stringify({ ...kept, [name]: { id, key } }, undefined, 2)}\n`, {
    mode: 0o600,
  });
  renameSync(`${file}.partial`, file);
  return key;
}
