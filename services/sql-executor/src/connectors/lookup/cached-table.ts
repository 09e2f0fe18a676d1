import type { Row } from '@hermes/stream-sql/values/data-type';
import type { LookedUp, LookupTable } from '../connector.ts';
import type { LookupCache } from './lookup-cache.ts';

/** A lookup table whose answers are used again as the cache allows: only the keys that it does not have are asked for. */
export function cachedTable(table: LookupTable, cache: LookupCache): LookupTable {
  return {
    ...table,
    async lookUp(keys, signal) {
      const texts = keys.map(keyText);
      const answers: (LookedUp | undefined)[] = texts.map((text) => cache.get(text, performance.now()));
      const missing = keys.flatMap((_, i) => (answers[i] === undefined ? [i] : []));
      if (missing.length === 0) return answers as LookedUp[];
      const found = await table.lookUp(
        missing.map((i) => keys[i]!),
        signal,
      );
      const nowMs = performance.now();
      missing.forEach((i, k) => {
        const answer = found[k]!;
        answers[i] = answer;
        if (!('code' in answer)) cache.set(texts[i]!, answer, nowMs);
      });
      return answers as LookedUp[];
    },
  };
}

/** Different keys have different texts: a number is no text, and a text has its end. */
const keyText = (key: Row): string =>
  JSON.stringify(key, (_, value: unknown) => (typeof value === 'bigint' ? { integer: value.toString() } : value));
