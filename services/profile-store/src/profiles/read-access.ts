import type { CallerIdentity } from '@hermes/service-kit/access';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import { ProblemError } from '@hermes/service-kit/problem';
import { type Asked, askedFeatures } from './asked-features.ts';

/** Feature ids of one read at most. */
const MAX_IDS = 200;
const MAX_CACHED = 1_000;

/** The feature ids that the caller's key names; undefined: all. */
export const allowedFor = (caller: CallerIdentity): readonly string[] | undefined =>
  caller.kind === 'key' ? caller.key.features : undefined;

/** What one set of features answers to one question of one caller: worked out once, asked a thousand times a second. */
export class AskedCache {
  private readonly bySet = new WeakMap<FeatureSet, Map<string, Asked>>();

  /**
   * @param ids - as the caller wrote them, separated by commas; undefined: all that it may see
   * @throws ProblemError 404 `unknown-feature` with `didYouMean`, 403 `feature-forbidden`, 400 `too-many-features`
   */
  resolve(set: FeatureSet, ids: string | undefined, caller: CallerIdentity): Asked {
    const known = this.resolved(set, ids, caller);
    if (known !== undefined) return known;
    let cache = this.bySet.get(set);
    if (cache === undefined || cache.size > MAX_CACHED) {
      cache = new Map();
      this.bySet.set(set, cache);
    }
    const allowed = allowedFor(caller);
    const asked = resolved(set, ids, allowed);
    cache.set(nameOf(ids, allowed), asked);
    return asked;
  }

  /** What such a question came to before; undefined when there was none, or it was refused. */
  resolved(set: FeatureSet, ids: string | undefined, caller: CallerIdentity): Asked | undefined {
    return this.bySet.get(set)?.get(nameOf(ids, allowedFor(caller)));
  }
}

const nameOf = (ids: string | undefined, allowed: readonly string[] | undefined): string =>
  `${allowed === undefined ? '' : allowed.join(',')}\n${ids ?? '*'}`;

function resolved(set: FeatureSet, ids: string | undefined, allowed: readonly string[] | undefined): Asked {
  const list =
    ids === undefined ? undefined : [...new Set(ids.split(',').map((id) => id.trim()))].filter((id) => id !== '');
  if (list !== undefined && list.length > MAX_IDS) {
    throw new ProblemError({
      status: 400,
      code: 'too-many-features',
      title: 'Too many features',
      detail: `One read names at most ${MAX_IDS} features; leave the parameter out for all.`,
    });
  }
  const asked = askedFeatures(set, list, allowed === undefined ? undefined : new Set(allowed));
  switch (asked.kind) {
    case 'ok':
      return asked.features;
    case 'forbidden':
      throw new ProblemError({
        status: 403,
        code: 'feature-forbidden',
        title: 'Not allowed',
        detail: `This key may not read the feature '${asked.id}'; ask an owner of the project for a key that names it.`,
      });
    case 'unknown': {
      const hint =
        asked.didYouMean !== undefined
          ? `Did you mean '${asked.didYouMean}'?`
          : asked.known.length === 0
            ? 'The project has no live feature yet.'
            : `Live features: ${asked.known.slice(0, 20).join(', ')}.`;
      throw new ProblemError({
        status: 404,
        code: 'unknown-feature',
        title: 'There is no such feature',
        detail: `No live feature is called '${asked.id}'. ${hint}`,
        extra: { didYouMean: asked.didYouMean === undefined ? [] : [asked.didYouMean] },
      });
    }
  }
}
