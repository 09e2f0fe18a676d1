import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Savepoint } from '@hermes/contracts/savepoint';
import { readSavepointHeader, type SavepointHeader } from './savepoint-file.ts';

const ID = /^s-[0-9a-f]{12}$/;

export interface FoundSavepoint {
  readonly header: SavepointHeader;
  readonly shown: Savepoint;
}

/**
 * The savepoints of all jobs: files `<job>/<id>`. A file appears whole, by link(2), so what is here is a savepoint; nothing else says that there is
 * one, so a crash leaves nothing between two places.
 */
export class SavepointFolder {
  private readonly folder: string;
  constructor(folder: string) {
    this.folder = folder;
  }

  /** A name that no savepoint has. */
  newId(): string {
    return `s-${randomBytes(6).toString('hex')}`;
  }

  path(job: string, id: string): string {
    return join(this.folder, job, id);
  }

  /** Undefined when the job has none of this name. @throws Error when it is of another version of Hermes */
  async find(job: string, id: string): Promise<FoundSavepoint | undefined> {
    if (!ID.test(id)) return undefined;
    try {
      const { header, bytes } = await readSavepointHeader(this.path(job, id));
      const { plan: _plan, holding: _holding, counts: _counts, ...rest } = header;
      return { header, shown: { ...rest, bytes } };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Newest first. Those of another version of Hermes are left out: nothing can begin from them here. */
  async list(job: string): Promise<readonly Savepoint[]> {
    const names = await readdir(join(this.folder, job)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const found = await Promise.all(names.map((id) => this.find(job, id).catch(() => undefined)));
    return found
      .flatMap((each) => (each === undefined ? [] : [each.shown]))
      .sort((a, b) => b.at.localeCompare(a.at) || b.checkpoint - a.checkpoint);
  }

  /** False when there is none of this name. Works on those of other versions, too. */
  async delete(job: string, id: string): Promise<boolean> {
    if (!ID.test(id)) return false;
    return rm(this.path(job, id)).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return false;
        throw error;
      },
    );
  }

  /** The job is gone. */
  async forget(job: string): Promise<void> {
    await rm(join(this.folder, job), { recursive: true, force: true });
  }
}
