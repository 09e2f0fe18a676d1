import { setTimeout as sleep } from 'node:timers/promises';
import type { Row } from '@hermes/stream-sql/values/data-type';
import type { LookupTable } from '../connector.ts';
import { cachedTable } from './cached-table.ts';
import { cacheSettings, LookupCache } from './lookup-cache.ts';

/** Keys of one request at most. */
const REQUEST_KEYS = 1_000;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 3_000;

/**
 * A lookup table on a server outside of the platform, by its options: `lookup.cache`, `lookup.async` (false: one key after the other),
 * `lookup.max-retries` (a failure that may pass is tried again so often; then the run fails, and is started again as it would after any).
 */
export function outsideLookup(table: LookupTable, options: Readonly<Record<string, string>>): LookupTable {
  const retries = Number(options['lookup.max-retries'] ?? 3);
  const perRequest = options['lookup.async'] === 'false' ? 1 : REQUEST_KEYS;
  const ask = async (keys: readonly Row[], signal: AbortSignal): Promise<readonly (readonly Row[])[]> => {
    for (let attempt = 0, waitMs = FIRST_WAIT_MS; ; attempt++, waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
      try {
        return await table.lookUp(keys, signal);
      } catch (error) {
        if (attempt >= retries || !table.isPassing(error) || signal.aborted) throw error;
        await sleep(waitMs, undefined, { signal });
      }
    }
  };
  const patient: LookupTable = {
    async lookUp(keys, signal) {
      const answers: (readonly Row[])[] = [];
      for (let from = 0; from < keys.length; from += perRequest)
        answers.push(...(await ask(keys.slice(from, from + perRequest), signal)));
      return answers;
    },
    isPassing: () => false,
    close: () => table.close(),
  };
  return cachedTable(patient, new LookupCache(cacheSettings(options)));
}
