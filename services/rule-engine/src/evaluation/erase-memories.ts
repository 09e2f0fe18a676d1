import type { RedisOrCluster } from '@hermes/connectors/redis/client';
import type { ProjectRecord } from '@hermes/contracts/control';
import { partitionOf } from '@hermes/contracts/partitioning';
import type { CountingStore } from '@hermes/feature-counting/erase-subjects';
import { MemoryIndex } from '@hermes/rules/memory/memory-index';
import type { Injection } from '@hermes/stream-runtime/injection-queue';
import { stateKey } from '@hermes/stream-runtime/state-keys';
import type { EvaluationState } from './evaluation-state.ts';
import type { InjectIntoRules } from './project-processor.ts';
import { listedMemoryKey, memoryIndexKey, memoryTimerId } from './remember.ts';
import type { RuleJob } from './rule-job.ts';
import type { RuleSet } from './rule-set.ts';

export interface ErasingMemories {
  readonly project: ProjectRecord;
  readonly redis: RedisOrCluster;
  readonly job: RuleJob;
  readonly inject: InjectIntoRules;
}

/** What an injection that forgets a key came to. `others`: facts that remember it besides those that it was given. */
export type Forgetting = { readonly removed: number } | { readonly others: readonly string[] };

/**
 * Forgets what facts remember of a key, with the timers, and lets nothing of it up to that time be remembered again. Done twice it changes nothing, so that
 * what came after the erasure stays.
 *
 * @param definitions - the facts that are known to remember something of the key
 */
export function forgetInjection(
  key: string,
  erasedAtMs: number,
  definitions: readonly string[],
  told: (outcome: Forgetting) => void,
): Injection<EvaluationState, RuleSet> {
  const indexKey = memoryIndexKey(key);
  return {
    keys: [indexKey, ...definitions.map((id) => listedMemoryKey(id, key))],
    apply(context) {
      const known = context.get(indexKey);
      const index = known instanceof MemoryIndex ? known : new MemoryIndex();
      if (index.isErased(erasedAtMs)) return told({ removed: 0 });
      const others = index.definitions.filter((id) => !definitions.includes(id));
      if (others.length > 0) return told({ others });
      let removed = 0;
      for (const id of definitions) {
        if (context.get(listedMemoryKey(id, key)) === undefined) continue;
        context.delete(listedMemoryKey(id, key));
        context.cancelTimer(memoryTimerId(id, key));
        removed += 1;
      }
      const erased = MemoryIndex.erased(erasedAtMs);
      context.set(indexKey, erased, { ttlMs: erased.keepMs(erasedAtMs) });
      told({ removed });
    },
  };
}

/** Erases a subject from what facts remember of it, and looks again. */
export const eraseMemories =
  ({ project, redis, job, inject }: ErasingMemories): NonNullable<CountingStore['eraseMore']> =>
  async (subject, erasedAtMs) => {
    const partition = partitionOf(subject, project.partitions);
    const at = (key: string): string => stateKey(job, project.id, partition, key);
    const stored = await redis.getBuffer(at(memoryIndexKey(subject)));
    let definitions = stored === null ? [] : MemoryIndex.decode(stored).definitions;
    for (;;) {
      let outcome: Forgetting = { removed: 0 };
      const injection = forgetInjection(subject, erasedAtMs, definitions, (told) => (outcome = told));
      if ((await inject(partition, injection)) === 'not-owned') return undefined;
      const forgetting = outcome as Forgetting;
      if ('removed' in forgetting) {
        const listed = await redis.getBuffer(at(memoryIndexKey(subject)));
        // What came after the erasure may be remembered again, and is listed again.
        const since = listed === null ? [] : MemoryIndex.decode(listed).definitions;
        const gone = definitions.filter((id) => !since.includes(id));
        const left = await Promise.all(gone.map((id) => redis.exists(at(listedMemoryKey(id, subject)))));
        return { removed: forgetting.removed, remaining: left.filter((there) => there > 0).length };
      }
      definitions = [...definitions, ...forgetting.others];
    }
  };
