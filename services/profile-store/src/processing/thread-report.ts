import type { ProcessorObserver } from '@hermes/stream-runtime/processor-options';
import type { CountingObserver } from '@hermes/feature-counting/count-event';
import type { ThreadReport } from './thread-messages.ts';

/** Gathers what the processors of the thread tell, until it is sent on as one report: a message for each event would cost more than it. */
export class ReportBook {
  private events = 0;
  private stepsMs: number[] = [];
  private freshnessMs: number[] = [];
  private deadLetters: Record<string, number> = {};
  private late: Record<string, number> = {};
  private erased = 0;

  readonly processor: Pick<ProcessorObserver, 'onStep' | 'onCommitted' | 'onDeadLetter'> = {
    onStep: ({ records, durationMs }) => {
      this.events += records;
      this.stepsMs.push(durationMs);
    },
    onCommitted: ({ receivedAtMs, committedAtMs }) => void this.freshnessMs.push(committedAtMs - receivedAtMs),
    onDeadLetter: ({ code }) => {
      this.deadLetters[code] = (this.deadLetters[code] ?? 0) + 1;
    },
  };

  counting(project: string): CountingObserver {
    return {
      onLate: (feature) => {
        const name = `${project}/${feature}`;
        this.late[name] = (this.late[name] ?? 0) + 1;
      },
      onErased: () => void (this.erased += 1),
    };
  }

  /** What came since the last call. */
  take(figures: Pick<ThreadReport, 'lag' | 'partitions'>): ThreadReport {
    const { events, stepsMs, freshnessMs, deadLetters, late, erased } = this;
    this.events = this.erased = 0;
    this.stepsMs = [];
    this.freshnessMs = [];
    this.deadLetters = {};
    this.late = {};
    return { events, stepsMs, freshnessMs, deadLetters, late, erased, ...figures };
  }
}
