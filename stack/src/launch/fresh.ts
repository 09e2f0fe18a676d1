import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Sentence } from '../process/sentence.ts';

/** Empties the data folder after asking. Only a folder that Hermes made is emptied. */
export async function beginFresh(dataDir: string, yes: boolean): Promise<void> {
  if (!existsSync(dataDir) || readdirSync(dataDir).length === 0) return;
  if (!existsSync(join(dataDir, 'secrets.json'))) {
    throw new Sentence(
      `${dataDir} holds files that are not Hermes': empty it yourself, or choose another folder by HERMES_DATA_DIR.`,
    );
  }
  if (!yes && !(await confirmed(dataDir))) throw new Sentence('Nothing was deleted and nothing was started.');
  for (const name of readdirSync(dataDir)) rmSync(join(dataDir, name), { recursive: true, force: true });
}

async function confirmed(dataDir: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Sentence('--fresh deletes all data: say so by --yes where nobody can be asked.');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`This deletes everything in ${dataDir}. Type "yes" to go on: `);
  terminal.close();
  return answer.trim().toLowerCase() === 'yes';
}
