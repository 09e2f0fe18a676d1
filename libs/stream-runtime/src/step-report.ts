import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import type { ProcessorOptions } from './processor-options.ts';
import type { RuntimeLogger } from './runtime-logger.ts';
import type { SealedStep } from './sealed-step.ts';

export interface StepReport {
  readonly partition: number;
  readonly step: SealedStep;
  readonly records: readonly KafkaRecord[];
  readonly committedAtMs: number;
  readonly durationMs: number;
}

/** Tells the observer of a committed step, and the log of what the logic threw. Never throws: the step is committed. */
export function reportStep<S, D>(options: ProcessorOptions<S, D>, log: RuntimeLogger, report: StepReport): void {
  const { observer, deadLetterTopic, job } = options;
  const { partition, step, records, committedAtMs, durationMs } = report;
  try {
    if (observer?.onCommitted !== undefined) {
      for (const { timestampMs } of records) {
        observer.onCommitted({ partition, receivedAtMs: timestampMs, committedAtMs });
      }
    }
    observer?.onStep?.({
      partition,
      records: step.records,
      keys: step.writes.size,
      bytes: step.bytes,
      durationMs,
    });
    for (const { code, reason, from, cause } of step.deadLetters) {
      observer?.onDeadLetter?.({ partition, code });
      if (code !== 'defect') continue;
      log.error({ err: cause, from, job }, `the logic threw, the record is in ${deadLetterTopic}: ${reason}`);
    }
  } catch (err) {
    log.error({ err, job }, 'the observer of the processor threw; the step is committed all the same');
  }
}
