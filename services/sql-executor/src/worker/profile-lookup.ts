import { setTimeout as sleep } from 'node:timers/promises';
import { ProfileClient } from '@hermes/profile-client/profile-client';
import { serviceToken } from '@hermes/service-kit/service-token';
import { lookupFeatures, lookupRowReader } from '@hermes/stream-sql/formats/lookup-row';
import type { LookupRow, LookupRows } from '@hermes/stream-sql/operators/lookup';
import type { LookupPlan } from '@hermes/stream-sql/plan/job-plan';
import type { ProfileStoreAccess } from '../runs/messages.ts';
import { FinalFailure } from './final-failure.ts';
import { LookupCache } from './lookup-cache.ts';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 3_000;
const CONNECTIONS = 4;
/** Nobody's: it is asked for to hear whether the features exist. */
const NOBODY = 'hermes:nobody';

/**
 * Asks profile-store for what a batch needs, before the batch is computed. It asks until there is an answer: a profile-store that
 * is away costs time, never rows.
 */
export class ProfileLookup {
  private readonly client: ProfileClient;
  private readonly features: readonly string[];
  private readonly rowOf: ReturnType<typeof lookupRowReader>;
  private readonly cache: LookupCache;

  constructor(project: string, plan: LookupPlan, access: ProfileStoreAccess) {
    this.client = new ProfileClient({
      url: access.url,
      project,
      key: () => serviceToken(access.secret, 'sql-executor'),
      timeoutMs: plan.settings.timeoutMs,
      // Repeats are made here, for as long as it takes and with a word to people.
      retries: 0,
      connections: CONNECTIONS,
    });
    this.features = lookupFeatures(plan);
    this.rowOf = lookupRowReader(plan);
    this.cache = new LookupCache(plan.settings.cache);
  }

  /**
   * Whether profile-store knows the features; one that is away says nothing against them.
   *
   * @throws FinalFailure `unknown-feature` or `lookup-refused`
   */
  async check(signal: AbortSignal): Promise<void> {
    await this.ask([NOBODY], signal);
  }

  /**
   * The answers for these subjects, each at most as old as the cache allows. Undefined when the signal ends it.
   *
   * @param onTrouble - told why it waits; null when the trouble is over
   * @throws FinalFailure `unknown-feature` or `lookup-refused`: asking again would be answered the same
   */
  async rows(
    keys: readonly string[],
    signal: AbortSignal,
    onTrouble: (trouble: string | null) => void,
  ): Promise<LookupRows | undefined> {
    const rows = new Map<string, LookupRow>();
    let waitMs = FIRST_WAIT_MS;
    for (let attempt = 1; ;) {
      // What the cache has is taken last: it ages while the rest is waited for.
      const nowMs = performance.now();
      const kept = keys.map((key) => rows.get(key) ?? this.cache.get(key, nowMs));
      const missing = keys.filter((_, i) => kept[i] === undefined);
      if (missing.length === 0) return new Map(keys.map((key, i) => [key, kept[i]!]));
      const answer = await this.ask(missing, signal);
      if (signal.aborted) return undefined;
      if (answer.kind === 'rows') {
        if (attempt > 1) onTrouble(null);
        const answeredMs = performance.now();
        for (const [key, row] of answer.rows) {
          rows.set(key, row);
          this.cache.set(key, row, answeredMs);
        }
        attempt = 1;
        continue;
      }
      onTrouble(
        `profile-store has not answered for ${missing.length} profiles yet (attempt ${attempt}): ${answer.reason.slice(0, 300)}`,
      );
      attempt++;
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return undefined;
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    }
  }

  private async ask(
    subjects: readonly string[],
    signal: AbortSignal,
  ): Promise<
    | { readonly kind: 'rows'; readonly rows: readonly (readonly [string, LookupRow])[] }
    | { readonly kind: 'away'; readonly reason: string }
  > {
    const result = await this.client.readMany(subjects, this.features, { signal });
    switch (result.kind) {
      case 'ok':
        return {
          kind: 'rows',
          rows: result.profiles.map(({ subject, known, features }) => [
            subject,
            known ? this.rowOf(features) : { kind: 'unknown' },
          ]),
        };
      case 'unknown-feature':
        throw new FinalFailure(result.kind, result.detail);
      case 'refused':
        // A project that is new here may not have come to profile-store yet.
        if (result.status === 404) return { kind: 'away', reason: result.detail };
        throw new FinalFailure('lookup-refused', `profile-store refuses the lookup (${result.code}): ${result.detail}`);
      case 'forbidden':
      case 'quota':
      case 'unavailable':
      case 'aborted':
        return { kind: 'away', reason: result.detail };
    }
  }
}
