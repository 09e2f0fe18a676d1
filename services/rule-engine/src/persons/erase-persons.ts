import { partitionOf } from '@hermes/contracts/partitioning';
import type { CountingStore } from '@hermes/feature-counting/erase-subjects';
import type { Injection } from '@hermes/stream-runtime/injection-queue';
import { stateKey } from '@hermes/stream-runtime/state-keys';
import type { ErasingMemories } from '../evaluation/erase-memories.ts';
import type { EvaluationState } from '../evaluation/evaluation-state.ts';
import type { RuleSet } from '../evaluation/rule-set.ts';
import { Told, toldKey } from './told.ts';

/** Longer than a change may lie on its topic. */
const MARK_KEPT_MS = 2 * 86_400_000;

/**
 * Puts the mark of an erasure in the place of what was told of a subject: what events up to that time have caused is not taken any more. Done twice it
 * changes nothing.
 */
export function forgetToldInjection(
  subject: string,
  erasedAtMs: number,
  onRemoved: (values: number) => void,
): Injection<EvaluationState, RuleSet> {
  const key = toldKey(subject);
  return {
    keys: [key],
    apply(context) {
      const known = context.get(key);
      if (known instanceof Told && (known.erasedAtMs ?? 0) >= erasedAtMs) return onRemoved(0);
      context.set(key, new Told(undefined, erasedAtMs), { ttlMs: MARK_KEPT_MS });
      onRemoved(known instanceof Told ? known.size : 0);
    },
  };
}

/** Erases a subject from what was told of persons, and looks again. */
export const eraseTold =
  ({ project, redis, job, inject }: ErasingMemories): NonNullable<CountingStore['eraseMore']> =>
  async (subject, erasedAtMs) => {
    const partition = partitionOf(subject, project.partitions);
    let removed = 0;
    const injection = forgetToldInjection(subject, erasedAtMs, (values) => (removed = values));
    if ((await inject(partition, injection)) === 'not-owned') return undefined;
    const stored = await redis.getBuffer(stateKey(job, project.id, partition, toldKey(subject)));
    const left = stored === null ? undefined : Told.decode(stored);
    return { removed, remaining: left === undefined || (left.erasedAtMs ?? 0) >= erasedAtMs ? 0 : left.size };
  };
