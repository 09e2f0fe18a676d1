import type { Lookup, LookupSeen } from '@hermes/contracts/lookup';
import {
  BrokenCircuitError,
  bulkhead,
  circuitBreaker,
  ConsecutiveBreaker,
  handleWhen,
  type IPolicy,
  wrap,
} from 'cockatiel';
import { LRUCache } from 'lru-cache';
import { fellBack, type LookupAnswer } from './lookup-answer.ts';
import { type AskSource, type SourceAnswer, UnfitQuestion } from './lookup-source.ts';

/** Answers that are kept, of all lookups of a process, in bytes. */
const MAX_KEPT_BYTES = 64_000_000;
/** What keeping an answer takes besides. */
const ENTRY_BYTES = 300;
const MAX_POLICIES = 10_000;
/** Requests of one lookup under way at a time: a step has hundreds of events at once, and a source that is asked all of it together answers late. */
const AT_ONCE = 32;
/** After so many failures in a row a source is left alone for a while, so that events do not wait for one that is away. */
const FAILURES = 5;
const LEFT_ALONE_MS = 2_000;

/** Told of answers, for metrics. */
export interface LookupObserver {
  onAnswered(from: LookupSeen['from'], durationMs: number): void;
}

/** Asks sources about keys, each within the lookup's time limit from when its turn has come; an answer is used again for as long as the lookup says. */
export class LookupDesk {
  private readonly ask: AskSource;
  private readonly observer: LookupObserver;
  private readonly kept = new LRUCache<string, SourceAnswer>({
    maxSize: MAX_KEPT_BYTES,
    sizeCalculation: (answer) => ENTRY_BYTES + (answer.kind === 'found' ? answer.bytes : 0),
  });
  private readonly underWay = new Map<string, Promise<SourceAnswer>>();
  /** By lookup. */
  private readonly policies = new LRUCache<string, IPolicy>({ max: MAX_POLICIES });

  constructor(ask: AskSource, observer: LookupObserver) {
    this.ask = ask;
    this.observer = observer;
  }

  /** Never rejects: without an answer in time it is the lookup's fallback. */
  async answer(project: string, lookup: Lookup, key: string): Promise<LookupAnswer> {
    const startedAt = performance.now();
    const name = JSON.stringify([project, lookup.id, lookup.version, key]);
    const kept = this.kept.get(name);
    const answer = kept === undefined ? await this.asked(project, lookup, key, name) : answerOf(lookup, kept, 'cache');
    this.observer.onAnswered(answer.from, performance.now() - startedAt);
    return answer;
  }

  private async asked(project: string, lookup: Lookup, key: string, name: string): Promise<LookupAnswer> {
    try {
      return answerOf(lookup, await this.shared(project, lookup, key, name), 'source');
    } catch (error) {
      return fellBack(lookup, reasonOf(error));
    }
  }

  /** Two events that ask the same at once ask it once. */
  private shared(project: string, lookup: Lookup, key: string, name: string): Promise<SourceAnswer> {
    let asking = this.underWay.get(name);
    if (asking === undefined) {
      asking = this.source(project, lookup, key)
        .then((answer) => {
          if (lookup.cacheSeconds > 0) this.kept.set(name, answer, { ttl: lookup.cacheSeconds * 1_000 });
          return answer;
        })
        .finally(() => this.underWay.delete(name));
      this.underWay.set(name, asking);
    }
    return asking;
  }

  private source(project: string, lookup: Lookup, key: string): Promise<SourceAnswer> {
    return this.policyOf(project, lookup).execute(async () => {
      const limit = AbortSignal.timeout(lookup.timeoutMs);
      const late = new Promise<never>((_, reject) =>
        limit.addEventListener('abort', () => reject(new LateError(lookup.timeoutMs)), { once: true }),
      );
      return await Promise.race([this.ask(lookup, key, limit), late]);
    });
  }

  /** Turns outside, the breaker inside: when it opens, those that wait for their turn are answered at once. */
  private policyOf(project: string, { id, version }: Lookup): IPolicy {
    const name = JSON.stringify([project, id, version]);
    let policy = this.policies.get(name);
    if (policy === undefined) {
      const breaker = circuitBreaker(
        handleWhen((error) => !(error instanceof UnfitQuestion)),
        { halfOpenAfter: LEFT_ALONE_MS, breaker: new ConsecutiveBreaker(FAILURES) },
      );
      policy = wrap(bulkhead(AT_ONCE, Infinity), breaker);
      this.policies.set(name, policy);
    }
    return policy;
  }
}

class LateError extends Error {
  constructor(timeoutMs: number) {
    super(`it did not answer within ${String(timeoutMs)} ms`);
  }
}

function answerOf({ version }: Lookup, answer: SourceAnswer, from: 'source' | 'cache'): LookupAnswer {
  return answer.kind === 'missing' ? { version, from } : { version, value: answer.value, from };
}

const MAX_REASON_LENGTH = 200;

function reasonOf(error: unknown): string {
  if (error instanceof BrokenCircuitError)
    return `it failed ${String(FAILURES)} times in a row, and is asked again ${String(LEFT_ALONE_MS / 1_000)} s later`;
  return (error instanceof Error ? error.message : String(error)).slice(0, MAX_REASON_LENGTH);
}
