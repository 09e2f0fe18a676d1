import { mkdir, realpath, readdir, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { FinalFailure } from '../../worker/final-failure.ts';

/** A file to read, by its path below the project's folder. */
export interface FoundFile {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

const isBelow = (folder: string, path: string): boolean => path === folder || path.startsWith(folder + sep);

/** The place that a table's `path` names in the project's folder. Throws FinalFailure for a path that leads out of it. */
function placeOf(folder: string, path: string): string {
  const place = resolve(folder, `./${path}`);
  if (!isBelow(resolve(folder), place)) throw outside(path);
  return place;
}

const outside = (path: string): FinalFailure =>
  new FinalFailure('path-outside', `the path '${path}' leads out of the project's folder`);

/** The files that a path names, in the order of their paths: itself, or all below it but hidden ones (beginning with . or _). */
export async function findFiles(folder: string, path: string): Promise<readonly FoundFile[]> {
  const place = placeOf(folder, path);
  const real = await realpath(place).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new FinalFailure('no-file', `there is no file or folder '${path}'`) : error;
  });
  const root = await realpath(folder);
  if (!isBelow(root, real)) throw outside(path);
  const found: FoundFile[] = [];
  const visit = async (at: string): Promise<void> => {
    const info = await stat(at);
    if (info.isFile()) found.push({ path: at.slice(root.length + 1), bytes: info.size, modifiedMs: info.mtimeMs });
    if (!info.isDirectory()) return;
    for (const entry of await readdir(at, { withFileTypes: true }))
      if (!/^[._]/.test(entry.name) && (entry.isFile() || entry.isDirectory())) await visit(join(at, entry.name));
  };
  await visit(real);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The real path of a file that `findFiles` has found. */
export const realFile = async (folder: string, path: string): Promise<string> => join(await realpath(folder), path);

/** Makes the folder that a path names, and answers its real path. */
export async function outputFolder(folder: string, path: string): Promise<string> {
  const place = placeOf(folder, path);
  await mkdir(place, { recursive: true });
  const real = await realpath(place);
  if (!isBelow(await realpath(folder), real)) throw outside(path);
  return real;
}
