import type { IngestAnswer, IngestProgress, ItemError } from '@hermes/contracts/ingest-api';

/** Rows that were refused for one reason. */
export interface ReasonCount {
  readonly code: string;
  /** Where in the event; empty for a row that no event could be made of. */
  readonly pointer: string;
  readonly count: number;
  /** Of the first such row. */
  readonly example: string;
}

export interface Verdict {
  readonly rows: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly reasons: readonly ReasonCount[];
}

/** Keeps count of what became of rows, batch by batch. */
export class Tally {
  private rows = 0;
  private done = 0;
  private takenAtTheDoor = 0;
  private readonly reasons = new Map<string, { code: string; pointer: string; count: number; example: string }>();
  private readonly ends = new Map<string, number>();

  rowRead(): void {
    this.rows += 1;
  }

  /** Rows that were answered, or that no event could be made of. */
  get doneCount(): number {
    return this.done;
  }

  unreadable(reason: string, rowNumber: number): void {
    this.done += 1;
    this.count('unreadable-row', '', `row ${rowNumber}: ${reason}`, reason);
  }

  /** @param rowNumbers - of the items of the request, in order */
  answered(answer: IngestAnswer, rowNumbers: readonly number[]): void {
    this.done += rowNumbers.length;
    this.takenAtTheDoor += answer.accepted;
    for (const error of answer.errors) this.refused(error, rowNumbers[error.index] ?? 0);
    for (const [partition, end] of Object.entries(answer.positions)) {
      this.ends.set(partition, Math.max(end, this.ends.get(partition) ?? 0));
    }
  }

  /** Whether everything that was taken at the door has been processed. */
  isThrough(progress: IngestProgress): boolean {
    return [...this.ends].every(([partition, end]) => (progress.processed[partition] ?? 0) >= end);
  }

  /** What the counts of the source before and after come to: whatever was taken and neither accepted nor dead-lettered was a repeat. */
  verdict(before: IngestProgress['source'], after: IngestProgress['source']): Verdict {
    const accepted = after.accepted - before.accepted;
    const deadLettered = after.deadLettered - before.deadLettered;
    const reasons = [...this.reasons.values()];
    if (deadLettered > 0) {
      reasons.push({
        code: 'dead-lettered',
        pointer: '',
        count: deadLettered,
        example: 'refused behind the inbox: see GET /v1/projects/:p/dead-letters',
      });
    }
    return {
      rows: this.rows,
      accepted,
      duplicates: this.takenAtTheDoor - accepted - deadLettered,
      rejected: reasons.reduce((sum, { count }) => sum + count, 0),
      reasons: reasons.sort((a, b) => b.count - a.count),
    };
  }

  private refused({ code, pointer, message }: ItemError, rowNumber: number): void {
    this.count(code, pointer, `row ${rowNumber}: ${message}`, pointer);
  }

  private count(code: string, pointer: string, example: string, group: string): void {
    const key = `${code} ${group}`;
    const known = this.reasons.get(key);
    if (known === undefined) this.reasons.set(key, { code, pointer, count: 1, example });
    else known.count += 1;
  }
}
