import { constants } from 'node:fs';
import { access, link, mkdir, open, readdir, readFile, rename, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Checkpoint, decodeManifest, encodeManifest } from './manifest.ts';

/** Another process runs this run now; this one must end. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
}

const FENCED_SUFFIX = '.fenced';
const NUMBER_WIDTH = 12;

/**
 * The checkpoints of one run in one epoch: files `<run>/<epoch>/<number>`.
 *
 * Opening an epoch first makes its folder, then renames the folder of every lower epoch, and only then looks for the newest
 * checkpoint. A file appears by link(2) from a file that is already on disk, under a path that names the epoch's folder; after
 * the rename that path is gone. So a checkpoint of a lower epoch either exists whole before the new epoch looks, or never.
 */
export class CheckpointStore {
  private readonly runFolder: string;
  private readonly folder: string;
  private readonly epoch: number;

  private constructor(runFolder: string, epoch: number) {
    this.runFolder = runFolder;
    this.folder = join(runFolder, String(epoch));
    this.epoch = epoch;
  }

  /**
   * Takes the run over for `epoch` and answers its newest checkpoint.
   *
   * @throws Fenced when the epoch, or a higher one, was taken already
   */
  static async open(
    runFolder: string,
    epoch: number,
  ): Promise<{ readonly store: CheckpointStore; readonly newest: Checkpoint | undefined }> {
    await mkdir(runFolder, { recursive: true });
    const store = new CheckpointStore(runFolder, epoch);
    const epochs = async (): Promise<number[]> =>
      (await readdir(runFolder)).map((name) => Number.parseInt(name, 10)).filter((each) => Number.isSafeInteger(each));
    // Not only the folder itself: a fenced one keeps its number taken.
    if ((await epochs()).some((each) => each >= epoch)) throw new Fenced(`epoch ${epoch} is not above those before it`);
    await mkdir(store.folder).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST' ? new Fenced(`epoch ${epoch} is taken`) : error;
    });
    await syncFolder(runFolder);
    if ((await epochs()).some((each) => each > epoch)) throw new Fenced(`there is an epoch above ${epoch}`);
    for (const name of await readdir(runFolder)) {
      if (!/^\d+$/.test(name) || Number(name) >= epoch) continue;
      await rename(join(runFolder, name), join(runFolder, `${name}${FENCED_SUFFIX}`)).catch(
        (error: NodeJS.ErrnoException) => {
          if (error.code !== 'ENOENT') throw error;
        },
      );
    }
    await syncFolder(runFolder);
    return { store, newest: await store.newest() };
  }

  /** Resolves when the checkpoint is on disk. @throws Fenced when a higher epoch has taken over, or the number is taken */
  async write(checkpoint: Checkpoint): Promise<void> {
    const name = String(checkpoint.number).padStart(NUMBER_WIDTH, '0');
    const temporary = join(this.folder, `.${name}`);
    try {
      const file = await open(temporary, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600);
      try {
        await file.writeFile(encodeManifest(checkpoint));
        await file.sync();
      } finally {
        await file.close();
      }
      await link(temporary, join(this.folder, name));
      await unlink(temporary);
      await syncFolder(this.folder);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'EEXIST')
        throw new Fenced(
          `checkpoint ${checkpoint.number} of epoch ${this.epoch} cannot be written: a higher epoch has the run`,
          { cause: error },
        );
      throw error;
    }
  }

  /** Whether no higher epoch had taken over a moment ago. */
  async holds(): Promise<boolean> {
    return access(this.folder).then(
      () => true,
      () => false,
    );
  }

  /** Deletes all but the newest `keep` checkpoints, and fenced epochs that hold none of those. */
  async prune(keep: number): Promise<void> {
    const all = await this.list();
    const old = all.slice(keep);
    await Promise.all(old.map(({ path }) => rm(path, { force: true })));
    const kept = new Set(all.slice(0, keep).map(({ folder }) => folder));
    for (const name of await readdir(this.runFolder)) {
      if (name.endsWith(FENCED_SUFFIX) && !kept.has(name))
        await rm(join(this.runFolder, name), { recursive: true, force: true });
    }
  }

  private async newest(): Promise<Checkpoint | undefined> {
    const [newest] = await this.list();
    if (newest === undefined) return undefined;
    return decodeManifest(await readFile(newest.path));
  }

  /** Newest first. */
  private async list(): Promise<{ readonly number: number; readonly folder: string; readonly path: string }[]> {
    const found: { number: number; folder: string; path: string }[] = [];
    for (const folder of await readdir(this.runFolder)) {
      for (const name of await readdir(join(this.runFolder, folder))) {
        if (/^\d+$/.test(name)) found.push({ number: Number(name), folder, path: join(this.runFolder, folder, name) });
      }
    }
    return found.sort((a, b) => b.number - a.number);
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
