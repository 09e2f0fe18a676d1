import { endProcess, isRunning } from '../process/process-identity.ts';
import { Sentence } from '../process/sentence.ts';
import { waitUntil } from '../process/wait.ts';
import { readRunRecord } from './run-record.ts';

/**
 * Makes sure that nothing runs in this data folder any more. Ends what a killed launcher may have left (the kernel ends
 * it too, but not always at once); a launcher that lives is somebody's Hermes and is left alone.
 */
export async function clearLeftovers(dataDir: string): Promise<void> {
  const record = readRunRecord(dataDir);
  if (record === undefined) return;
  // One that has just been told to stop gets the time to.
  const stopped = await waitUntil(() => !isRunning(record.launcher), {
    withinMs: record.readyAtMs === null ? 0 : 1_000,
  });
  if (!stopped) {
    const { pid } = record.launcher;
    throw new Sentence(
      `Hermes already runs in ${dataDir} (pid ${pid}, console ${record.environment['CONSOLE_URL'] ?? 'not up yet'}): stop it first (kill ${pid}), or check it by \`npm start -- --check\`.`,
    );
  }
  await Promise.all(Object.values(record.units).map((unit) => endProcess(unit, 'SIGTERM', 5_000)));
}
