import { setTimeout as sleep } from 'node:timers/promises';
import type { LookupAnswer, LookupRequest } from '@hermes/stream-sql/engine/operators/lookup-join';
import type { LookupTable } from '../connectors/connector.ts';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 3_000;

/** Asks outside tables for the keys that lookup joins wait for, as many at once as they ask; a table that is away costs time, never rows. */
export class LookupRounds {
  private readonly tables: ReadonlyMap<number, LookupTable>;
  private readonly closing = new AbortController();
  private readonly running = new Set<Promise<void>>();
  private readonly onAnswers: (answers: readonly LookupAnswer[]) => void;
  private readonly onTrouble: (trouble: string | null) => void;
  private readonly onFailed: (error: unknown) => void;

  constructor(
    tables: ReadonlyMap<number, LookupTable>,
    on: {
      answers(answers: readonly LookupAnswer[]): void;
      /** What is being waited for; null when it is over. */
      trouble(trouble: string | null): void;
      /** What asking again will not mend. */
      failed(error: unknown): void;
    },
  ) {
    this.tables = tables;
    this.onAnswers = on.answers;
    this.onTrouble = on.trouble;
    this.onFailed = on.failed;
  }

  ask(requests: readonly LookupRequest[]): void {
    for (const [node, ofNode] of Map.groupBy(requests, (request) => request.node)) {
      const round = this.round(node, ofNode)
        .catch((error: unknown) => this.onFailed(error))
        .finally(() => this.running.delete(round));
      this.running.add(round);
    }
  }

  get idle(): boolean {
    return this.running.size === 0;
  }

  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all(this.running);
  }

  private async round(node: number, requests: readonly LookupRequest[]): Promise<void> {
    const table = this.tables.get(node);
    if (table === undefined) throw new Error(`the run has no table for the lookup of node ${node}`);
    const { signal } = this.closing;
    for (let attempt = 1, waitMs = FIRST_WAIT_MS; ; attempt++, waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
      try {
        const rows = await table.lookUp(
          requests.map(({ values }) => values),
          signal,
        );
        if (signal.aborted) return;
        if (attempt > 1) this.onTrouble(null);
        this.onAnswers(requests.map(({ key }, i) => ({ node, key, rows: rows[i]! })));
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (!table.isPassing(error)) throw error;
        const message = error instanceof Error ? error.message : String(error);
        this.onTrouble(`a lookup has no answer yet (attempt ${attempt}): ${message.slice(0, 300)}`);
        await sleep(waitMs, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return;
      }
    }
  }
}
