import DataLoader from 'dataloader';
import type { TypedProfile } from './answers.ts';
import type { Result } from './outcome.ts';

/** Subjects that one request of the batch route takes. */
export const MAX_BATCH = 1_000;

export type OneRead = Result<{ readonly profile: TypedProfile<Record<string, unknown>> }>;
export type ReadBatch = (subjects: readonly string[], features: readonly string[]) => Promise<readonly OneRead[]>;

/**
 * Joins reads of single subjects that ask for the same features into batch requests. A subject that is read several times is asked for
 * once; nothing is kept afterwards.
 */
export class ReadBatches {
  private readonly withinMs: number;
  private readonly readBatch: ReadBatch;
  /** One per list of features that is being collected. */
  private readonly loaders = new Map<string, DataLoader<string, OneRead>>();

  /** @param withinMs - how long the first read waits for others; 0: until the current tick and what follows from it is done */
  constructor(withinMs: number, readBatch: ReadBatch) {
    this.withinMs = withinMs;
    this.readBatch = readBatch;
  }

  async read(subject: string, features: readonly string[]): Promise<OneRead> {
    const key = features.join(',');
    let loader = this.loaders.get(key);
    if (loader === undefined) {
      loader = this.loaderOf(key, features);
      this.loaders.set(key, loader);
    }
    return await loader.load(subject);
  }

  private loaderOf(key: string, features: readonly string[]): DataLoader<string, OneRead> {
    const { withinMs } = this;
    return new DataLoader<string, OneRead>(
      async (subjects) => {
        this.loaders.delete(key);
        const distinct = [...new Set(subjects)];
        const reads = await this.readBatch(distinct, features);
        const bySubject = new Map(distinct.map((subject, index) => [subject, reads[index]!]));
        return subjects.map((subject) => bySubject.get(subject)!);
      },
      {
        cache: false,
        maxBatchSize: MAX_BATCH,
        ...(withinMs > 0 ? { batchScheduleFn: (run: () => void) => void setTimeout(run, withinMs) } : {}),
      },
    );
  }
}
