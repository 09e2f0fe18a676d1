import { copyFileSync, statSync, truncateSync } from 'node:fs';

/**
 * Keeps a log file under `limitBytes` by moving it to `<file>.1` and emptying it. Its writers append, so they go on at the
 * new end; a line written in between may be in neither.
 */
export function capLog(file: string, limitBytes: number): void {
  try {
    if (statSync(file).size <= limitBytes) return;
    copyFileSync(file, `${file}.1`);
    truncateSync(file, 0);
  } catch {
    // Not there yet, or the disk is full: the next round tries again.
  }
}
