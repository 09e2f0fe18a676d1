import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { Erasure } from '@hermes/contracts/erasure';
import { subjectHash } from '@hermes/contracts/subject-hash';
import { erasuresTopic } from '@hermes/contracts/topics';
import type { Logger } from 'pino';

/** Who has been erased, for what must keep their data out. */
export interface ErasedSubjects {
  /** Whether what happened to the subject at `timeMs` is to be kept out: it is not after the subject's erasure. */
  covers(subject: string, timeMs: number): boolean;
}

export const NOBODY_ERASED: ErasedSubjects = { covers: () => false };

/** An erasure that still names its subject: somebody has not reported yet. */
export interface OpenErasure extends Erasure {
  readonly subject: string;
}

/** Who has been erased, as the records of `<project>.erasures` say one after the other. Pure. */
export class ErasureFold implements ErasedSubjects {
  /** By the subject's hash. */
  private readonly untilMs = new Map<string, number>();

  covers(subject: string, timeMs: number): boolean {
    // A project in which nobody was erased pays nothing.
    if (this.untilMs.size === 0) return false;
    const untilMs = this.untilMs.get(subjectHash(subject));
    return untilMs !== undefined && timeMs <= untilMs;
  }

  /** Up to when the subject is erased; 0 when it was not. */
  erasedAtMs(subject: string): number {
    return this.untilMs.size === 0 ? 0 : (this.untilMs.get(subjectHash(subject)) ?? 0);
  }

  /** Applies a record; answers the erasure when it is open, and why when the record is none. */
  apply(value: string | null): OpenErasure | 'closed' | { readonly unreadable: string } {
    // What was erased stays erased: nothing takes an erasure back.
    if (value === null) return 'closed';
    let json: unknown;
    try {
      json = JSON.parse(value);
    } catch (error) {
      return { unreadable: String(error) };
    }
    const parsed = Erasure.safeParse(json);
    if (!parsed.success) return { unreadable: parsed.error.message };
    const erasure = parsed.data;
    const untilMs = Math.max(this.untilMs.get(erasure.subjectHash) ?? 0, Date.parse(erasure.erasedAt));
    this.untilMs.set(erasure.subjectHash, untilMs);
    return erasure.subject === null ? 'closed' : { ...erasure, subject: erasure.subject };
  }
}

/** A service's own copy of a project's erasures. */
export interface ErasureCopy extends ErasedSubjects {
  /** Up to when the subject is erased; 0 when it was not. */
  erasedAtMs(subject: string): number;
  /** Tells the listener the open erasures that are there, and each that comes; once. */
  onOpen(listener: (erasure: OpenErasure) => void): void;
  /** Whether somebody has still to report; what is closed was done by all. */
  isOpen(erasure: Pick<OpenErasure, 'id' | 'subjectHash'>): boolean;
  close(): Promise<void>;
}

/** Follows `<project>.erasures`, which exists, and resolves once everything in it now has been read. */
export async function followErasures(kafka: KafkaDriver, project: string, logger: Logger): Promise<ErasureCopy> {
  const fold = new ErasureFold();
  const open = new Map<string, OpenErasure>();
  const listeners: ((erasure: OpenErasure) => void)[] = [];
  const follower = await kafka.follow({
    topic: erasuresTopic(project),
    onRecord: (record) => {
      const key = record.key?.toString() ?? '';
      const result = fold.apply(record.value?.toString() ?? null);
      if (typeof result === 'object' && 'unreadable' in result) {
        logger.error({ project, offset: record.offset, reason: result.unreadable }, 'an erasure cannot be read');
      } else if (result === 'closed') open.delete(key);
      else {
        open.set(key, result);
        for (const tell of listeners) tell(result);
      }
    },
  });
  await follower.caughtUp;
  return {
    covers: (subject, timeMs) => fold.covers(subject, timeMs),
    erasedAtMs: (subject) => fold.erasedAtMs(subject),
    onOpen(given) {
      listeners.push(given);
      for (const erasure of open.values()) given(erasure);
    },
    isOpen: ({ id, subjectHash: hash }) => open.get(hash)?.id === id,
    close: () => follower.close(),
  };
}
