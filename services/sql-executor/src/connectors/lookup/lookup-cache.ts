import type { Row } from '@hermes/stream-sql/values/data-type';
import { durationMs } from '@hermes/stream-sql/planner/duration';

/** `lookup.cache`: which answers may be used again, and for how long. null: none. */
export interface CacheSettings {
  /** `lookup.partial-cache.expire-after-write`; Infinity: they do not age. */
  readonly expireAfterWriteMs: number;
  /** `lookup.partial-cache.expire-after-access` */
  readonly expireAfterAccessMs: number;
  /** `lookup.partial-cache.max-rows` */
  readonly maxRows: number;
  /** `lookup.partial-cache.cache-missing-key`: whether it is remembered too that a key has no row. */
  readonly cacheMissingKey: boolean;
}

const PREFIX = 'lookup.partial-cache.';

/** The settings that a table's options give (texts, defaults filled in). */
export function cacheSettings(options: Readonly<Record<string, string>>): CacheSettings | null {
  if (options['lookup.cache'] !== 'PARTIAL') return null;
  const duration = (key: string): number => {
    const text = options[`${PREFIX}${key}`];
    return text === undefined ? Infinity : (durationMs(text) ?? Infinity);
  };
  return {
    expireAfterWriteMs: duration('expire-after-write'),
    expireAfterAccessMs: duration('expire-after-access'),
    maxRows: Number(options[`${PREFIX}max-rows`] ?? Infinity),
    cacheMissingKey: options[`${PREFIX}cache-missing-key`] !== 'false',
  };
}

interface Kept {
  readonly rows: readonly Row[];
  readonly writtenMs: number;
  usedMs: number;
}

/** Answers that may be used again; the one that was used longest ago is given up for new ones. No clock of its own. */
export class LookupCache {
  private readonly settings: CacheSettings | null;
  /** In the order in which they were used. */
  private readonly kept = new Map<string, Kept>();
  private rows = 0;

  constructor(settings: CacheSettings | null) {
    this.settings = settings;
  }

  get(key: string, nowMs: number): readonly Row[] | undefined {
    const { settings } = this;
    const found = this.kept.get(key);
    if (found === undefined || settings === null) return undefined;
    this.kept.delete(key);
    if (
      nowMs - found.writtenMs >= settings.expireAfterWriteMs ||
      nowMs - found.usedMs >= settings.expireAfterAccessMs
    ) {
      this.rows -= weight(found.rows);
      return undefined;
    }
    found.usedMs = nowMs;
    this.kept.set(key, found);
    return found.rows;
  }

  set(key: string, rows: readonly Row[], nowMs: number): void {
    const { settings } = this;
    if (settings === null || (rows.length === 0 && !settings.cacheMissingKey)) return;
    const before = this.kept.get(key);
    if (before !== undefined) this.rows -= weight(before.rows);
    this.kept.delete(key);
    this.kept.set(key, { rows, writtenMs: nowMs, usedMs: nowMs });
    this.rows += weight(rows);
    for (const [oldest, { rows: of }] of this.kept) {
      if (this.rows <= settings.maxRows) break;
      this.kept.delete(oldest);
      this.rows -= weight(of);
    }
  }
}

/** A key without rows takes room too. */
const weight = (rows: readonly Row[]): number => Math.max(1, rows.length);
