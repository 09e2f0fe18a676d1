import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHermes, type TestHermes } from '@hermes/stack/testing/hermes';

/** Runs a measurement on a complete Hermes of its own, of which nothing is left. */
export async function onOwnHermes<T>(measure: (hermes: TestHermes) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'hermes-bench-'));
  console.error('starting a Hermes of its own');
  const hermes = await startHermes({ dataDir: join(folder, 'data'), args: ['--no-demo'] });
  try {
    return await measure(hermes);
  } finally {
    await hermes.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
