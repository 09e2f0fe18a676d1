import { constants } from 'node:fs';
import { access, link, mkdir, open, readdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Another process runs this run now; this one must end. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
}

/** How checkpoints become files. */
export interface CheckpointCodec<C extends { readonly number: number }> {
  encode(checkpoint: C): Buffer;
  /** @throws Error on bytes that are no whole checkpoint */
  decode(bytes: Buffer): C;
  /** Whether it stands alone; one that does not has only what changed since the one before. */
  isBase(checkpoint: C): boolean;
}

/** A run's epoch, and what it goes on from: the newest checkpoint that stands alone and all after it, oldest first. */
export interface OpenedStore<C extends { readonly number: number }> {
  readonly store: CheckpointStore<C>;
  readonly chain: readonly C[];
  readonly newest: C | undefined;
  /** Whether every row of `newest` is known to have been taken. */
  readonly isDelivered: boolean;
}

const FENCED_SUFFIX = '.fenced';
const NUMBER_WIDTH = 12;
/** In an epoch's folder: the number of the last checkpoint whose rows were all taken. */
const DELIVERED = 'delivered';

/**
 * The checkpoints of one run in one epoch: files `<run>/<epoch>/<number>`.
 *
 * Opening an epoch first makes its folder, then renames the folder of every lower epoch, and only then looks for the newest
 * checkpoint. A file appears by link(2) from a file that is already on disk, under a path that names the epoch's folder; after
 * the rename that path is gone. So a checkpoint of a lower epoch either exists whole before the new epoch looks, or never.
 */
export class CheckpointStore<C extends { readonly number: number }> {
  private readonly runFolder: string;
  private readonly folder: string;
  private readonly epoch: number;
  private readonly codec: CheckpointCodec<C>;
  /** Numbers of checkpoints that stand alone, oldest first. */
  private bases: number[] = [];

  private constructor(runFolder: string, epoch: number, codec: CheckpointCodec<C>) {
    this.runFolder = runFolder;
    this.folder = join(runFolder, String(epoch));
    this.epoch = epoch;
    this.codec = codec;
  }

  /**
   * Takes the run over for `epoch` and answers its newest checkpoint.
   *
   * @throws Fenced when the epoch, or a higher one, was taken already
   */
  static async open<C extends { readonly number: number }>(
    runFolder: string,
    epoch: number,
    codec: CheckpointCodec<C>,
  ): Promise<OpenedStore<C>> {
    await CheckpointStore.fence(runFolder, epoch);
    const store = new CheckpointStore(runFolder, epoch, codec);
    const chain = await store.chain();
    const newest = chain.at(-1);
    return { store, chain, newest, isDelivered: newest !== undefined && (await store.delivered()) >= newest.number };
  }

  /**
   * Takes the run over for `epoch`: no lower one makes a checkpoint from now on.
   *
   * @throws Fenced when the epoch, or a higher one, was taken already
   */
  static async fence(runFolder: string, epoch: number): Promise<void> {
    await mkdir(runFolder, { recursive: true });
    const epochs = async (): Promise<number[]> =>
      (await readdir(runFolder)).map((name) => Number.parseInt(name, 10)).filter((each) => Number.isSafeInteger(each));
    // Not only the folder itself: a fenced one keeps its number taken.
    if ((await epochs()).some((each) => each >= epoch)) throw new Fenced(`epoch ${epoch} is not above those before it`);
    await mkdir(join(runFolder, String(epoch))).catch((error: NodeJS.ErrnoException) => {
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
  }

  /** Resolves when the checkpoint is on disk. @throws Fenced when a higher epoch has taken over, or the number is taken */
  async write(checkpoint: C): Promise<void> {
    const name = String(checkpoint.number).padStart(NUMBER_WIDTH, '0');
    await this.appear(name, this.codec.encode(checkpoint), join(this.folder, name), `checkpoint ${checkpoint.number}`);
    if (this.codec.isBase(checkpoint)) this.bases.push(checkpoint.number);
  }

  /**
   * Makes a file outside of the run's folder, on the same file system; resolves when it is on disk. It appears whole, and only while this epoch has the
   * run: what is left of it after a crash is in the epoch's folder and goes with that.
   *
   * @param onDisk - called when the bytes are on disk and the file is not there yet
   * @throws Fenced when a higher epoch has taken over, or the name is taken
   */
  async linkOut(name: string, bytes: Buffer, path: string, onDisk: () => void): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await syncFolder(dirname(dirname(path)));
    await this.appear(name, bytes, path, `savepoint ${name}`, onDisk);
  }

  private async appear(name: string, bytes: Buffer, path: string, what: string, onDisk?: () => void): Promise<void> {
    const temporary = join(this.folder, `.${name}`);
    try {
      const file = await open(temporary, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      onDisk?.();
      await link(temporary, path);
      await unlink(temporary);
      await syncFolder(dirname(path));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'EEXIST')
        throw new Fenced(`${what} of epoch ${this.epoch} cannot be written: a higher epoch has the run`, {
          cause: error,
        });
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /**
   * Notes that every row of the checkpoint was taken. Not for sure on disk: whoever does not find it delivers again, which does no harm for as long as
   * the targets remember.
   */
  async markDelivered(number: number): Promise<void> {
    await writeFile(join(this.folder, DELIVERED), String(number)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }

  private async delivered(): Promise<number> {
    const texts = await Promise.all(
      (await readdir(this.runFolder)).map((name) =>
        readFile(join(this.runFolder, name, DELIVERED), 'utf8').catch(() => ''),
      ),
    );
    return Math.max(0, ...texts.filter((text) => /^\d+$/.test(text)).map(Number));
  }

  /** Whether no higher epoch had taken over a moment ago. */
  async holds(): Promise<boolean> {
    return access(this.folder).then(
      () => true,
      () => false,
    );
  }

  /** Deletes all but the newest `keep` checkpoints and what those stand on, and fenced epochs that hold none of those. */
  async prune(keep: number): Promise<void> {
    const all = await this.list();
    const oldest = all[Math.min(keep, all.length) - 1]?.number ?? 0;
    const base = this.bases.findLast((number) => number <= oldest) ?? 0;
    const isKept = ({ number }: { readonly number: number }): boolean => number >= Math.min(oldest, base);
    await Promise.all(all.filter((each) => !isKept(each)).map(({ path }) => rm(path, { force: true })));
    this.bases = this.bases.filter((number) => number >= base);
    const kept = new Set(all.filter(isKept).map(({ folder }) => folder));
    for (const name of await readdir(this.runFolder)) {
      if (name.endsWith(FENCED_SUFFIX) && !kept.has(name))
        await rm(join(this.runFolder, name), { recursive: true, force: true });
    }
  }

  private async chain(): Promise<readonly C[]> {
    const chain: C[] = [];
    for (const { path } of await this.list()) {
      const checkpoint = this.codec.decode(await readFile(path));
      const expected = chain[0] === undefined ? checkpoint.number : chain[0].number - 1;
      if (checkpoint.number !== expected) throw new Error(`checkpoint ${expected} of the run is missing`);
      chain.unshift(checkpoint);
      if (!this.codec.isBase(checkpoint)) continue;
      this.bases = [checkpoint.number];
      return chain;
    }
    if (chain.length > 0) throw new Error(`nothing is there that checkpoint ${chain[0]!.number} stands on`);
    return chain;
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
