import { serviceToken } from '@hermes/service-kit/service-token';
import type { Logger } from 'pino';

const LOOK_EVERY_MS = 500;
/** A person, or a process with older rules, may have taken it away meanwhile. */
const AGAIN_EVERY_MS = 10_000;
/** A subscription takes no more. */
const FEATURES_OF_ONE = 200;
const WITHIN_MS = 5_000;
const TELL_AFTER_FAILURES = 20;

/** Under which profile-store keeps them: `rule-engine`, then `rule-engine.2`. */
const subscriptionId = (at: number): string => (at === 0 ? 'rule-engine' : `rule-engine.${at + 1}`);

export interface SubscriptionParts {
  readonly project: string;
  /** Of profile-store. */
  readonly url: string;
  /** HERMES_SERVICE_SECRET; without it profile-store lets nobody in. */
  readonly secret: string | undefined;
  /** Published features of which rules in force want to be told, sorted; undefined until that is known. */
  readonly wanted: () => readonly string[] | undefined;
  readonly logger: Logger;
}

/** Sees to it that profile-store tells of the features that rules ask for of persons: every process does, since the same wish again changes nothing. */
export function subscribeToPersons({ project, url, secret, wanted, logger }: SubscriptionParts): {
  close(): Promise<void>;
} {
  const closing = new AbortController();
  let told: string | undefined;
  /** How many subscriptions hold it. */
  let parts = 0;
  let toldMs = 0;
  let failures = 0;

  const call = async (id: string, features: readonly string[]): Promise<void> => {
    if (secret === undefined) throw new Error("'HERMES_SERVICE_SECRET' is not set");
    const route = new URL(`/v1/projects/${encodeURIComponent(project)}/subscriptions/${id}`, url);
    const authorization = `Bearer ${await serviceToken(secret, 'rule-engine')}`;
    const response = await fetch(route, {
      method: features.length === 0 ? 'DELETE' : 'PUT',
      headers: { authorization, ...(features.length === 0 ? {} : { 'content-type': 'application/json' }) },
      ...(features.length === 0 ? {} : { body: JSON.stringify({ features }) }),
      signal: AbortSignal.any([closing.signal, AbortSignal.timeout(WITHIN_MS)]),
    });
    const isGone = features.length === 0 && response.status === 404;
    if (!response.ok && !isGone) throw new Error(`profile-store answered ${response.status}: ${await response.text()}`);
    await response.body?.cancel();
  };

  const look = async (): Promise<void> => {
    const features = wanted();
    if (features === undefined) return;
    const wish = features.join();
    // Who has never wished for anything has nothing to take back, and another process may be ahead with its rules.
    if (told === undefined && features.length === 0) return;
    if (wish === told && (features.length === 0 || Date.now() - toldMs < AGAIN_EVERY_MS)) return;
    try {
      const needed = Math.ceil(features.length / FEATURES_OF_ONE);
      for (let at = 0; at < Math.max(needed, parts); at++)
        await call(subscriptionId(at), features.slice(at * FEATURES_OF_ONE, (at + 1) * FEATURES_OF_ONE));
      parts = needed;
      told = wish;
      toldMs = Date.now();
      failures = 0;
    } catch (error) {
      if (closing.signal.aborted) return;
      failures += 1;
      if (failures === TELL_AFTER_FAILURES)
        logger.warn({ err: error, project }, 'profile-store cannot be asked to tell of persons; trying on');
    }
  };
  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= look().finally(() => (looking = undefined));
  }, LOOK_EVERY_MS);
  return {
    async close() {
      clearInterval(timer);
      closing.abort();
      await looking;
    },
  };
}
