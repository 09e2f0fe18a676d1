import type { OptionDescription } from './description.ts';

/**
 * Options of lookup joins under Flink's names (its documentation, "JDBC SQL Connector", Lookup Cache), and `lookup.timeout`, which is our own. Where Flink's
 * connectors keep no answers by default, so do we; `defaults` are for those that do.
 */
export function lookupOptions(
  defaults: { readonly cache: 'NONE' | 'PARTIAL'; readonly expireAfterWrite?: string } = { cache: 'NONE' },
): readonly OptionDescription[] {
  return [
    {
      key: 'lookup.cache',
      value: { kind: 'one-of', values: ['NONE', 'PARTIAL'] },
      default: defaults.cache,
      about: 'Whether answers are kept.',
    },
    {
      key: 'lookup.partial-cache.max-rows',
      value: { kind: 'integer', min: 1, max: 10_000_000 },
      default: '10000',
      about: 'At most so many keys are kept; those not used for the longest time go first.',
    },
    {
      key: 'lookup.partial-cache.expire-after-write',
      value: { kind: 'duration' },
      ...(defaults.expireAfterWrite === undefined ? {} : { default: defaults.expireAfterWrite }),
      about: 'How long an answer is used after it was read.',
    },
    {
      key: 'lookup.partial-cache.expire-after-access',
      value: { kind: 'duration' },
      about: 'How long an answer is kept after it was used.',
    },
    {
      key: 'lookup.partial-cache.cache-missing-key',
      value: { kind: 'boolean' },
      default: 'true',
      about: 'Whether it is kept too that a key has no row.',
    },
    {
      key: 'lookup.max-retries',
      value: { kind: 'integer', min: 0, max: 100 },
      default: '3',
      about: 'How often a lookup that fails is tried again before the run fails.',
    },
    {
      key: 'lookup.async',
      value: { kind: 'boolean' },
      default: 'true',
      about: 'Several keys are asked for at once.',
    },
    {
      key: 'lookup.timeout',
      value: { kind: 'duration', minMs: 100, maxMs: 60_000 },
      default: '5 s',
      about: 'How long one request may take.',
    },
  ];
}

/** Refusals of options that Flink has for lookups and that do not exist here. */
export const refusedLookupOptions: readonly (readonly [string, string])[] = [
  ['lookup.full-cache', "leave it out: rows are asked for as they are needed ('lookup.cache' = 'PARTIAL')"],
  ['lookup.cache.ttl', "write 'lookup.cache' = 'PARTIAL' and 'lookup.partial-cache.expire-after-write'"],
  ['lookup.cache.max-rows', "write 'lookup.cache' = 'PARTIAL' and 'lookup.partial-cache.max-rows'"],
  ['lookup.cache.caching-missing-key', "write 'lookup.partial-cache.cache-missing-key'"],
];
