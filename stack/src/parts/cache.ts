import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify } from '../process/process-identity.ts';
import { Sentence } from '../process/sentence.ts';

/** Where installed parts live: outside the workspace, shared by all clones of one user. */
export function cacheRoot(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'hermes');
}

/** Told what is going on, in a few words: a download's size, a version. */
export type Report = (detail: string) => void;

/**
 * The folder `<cache>/<name>`, made by `install` when it is not there. The name carries the versions, so a folder is
 * either whole or absent: it is filled under another name and renamed. Two installs at once do the work once.
 */
export async function installOnce(name: string, install: (folder: string) => Promise<void>): Promise<string> {
  const root = cacheRoot();
  const home = join(root, name);
  if (existsSync(home)) return home;
  mkdirSync(root, { recursive: true });
  await underLock(join(root, `${name}.lock`), async () => {
    if (existsSync(home)) return;
    for (const stale of readdirSync(root)) if (stale.startsWith(`${name}.partial-`)) remove(join(root, stale));
    const partial = join(root, `${name}.partial-${process.pid}`);
    mkdirSync(partial);
    try {
      await install(partial);
      renameSync(partial, home);
    } catch (error) {
      remove(partial);
      throw diskSentence(error, root) ?? error;
    }
  });
  return home;
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

function diskSentence(error: unknown, root: string): Sentence | undefined {
  const text = error instanceof Error ? error.message : String(error);
  const { bavail, bsize } = statfsSync(root);
  if (!/ENOSPC|no space left/i.test(text) && bavail * bsize > 50_000_000) return undefined;
  return new Sentence(`The disk that holds ${root} is full: free about 2 GB, then start again.`);
}

/** A lock is a folder with its owner's pid and start time in its name; a dead owner's lock is taken over. */
async function underLock(lock: string, work: () => Promise<void>): Promise<void> {
  const self = identify(process.pid);
  const mine = `${process.pid}-${self?.startTicks ?? 0}`;
  for (;;) {
    try {
      mkdirSync(lock);
      mkdirSync(join(lock, mine));
      break;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const [pid, ticks] = (existsSync(lock) ? (readdirSync(lock)[0] ?? '') : '').split('-').map(Number);
    const ownerLives = pid !== undefined && pid > 0 && identify(pid)?.startTicks === ticks;
    if (!ownerLives) {
      // An owner that has made the folder but not yet signed it gets a moment.
      await sleep(300);
      const again = existsSync(lock) ? readdirSync(lock)[0] : undefined;
      if (again === undefined || again === `${pid}-${ticks}`) remove(lock);
    } else await sleep(200);
  }
  try {
    await work();
  } finally {
    remove(lock);
  }
}
