import { FillMark } from './fill-mark.ts';
import { compareBytes, type FilledSubject, type FilledVersion, type MarkMove } from './fill-partition.ts';
import { groupKey } from './state-of-subject.ts';

/** State keys of one step of a fill at most; it shares the partition with the records, and a step takes 200. */
const KEYS_PER_STEP = 60;

/** `~<passes>/<pass> <key>`: the cursor of a fill of other keys that takes several passes. No subject begins so. */
const PASS = /^~(\d+)\//;
const passCursor = (pass: number, passes: number, key: string): string =>
  `~${passes}/${String(pass).padStart(6, '0')} ${key}`;

/** Gathers filled subjects into steps, and moves the marks of their versions along. */
export class FillMerge {
  private readonly inject: (fills: readonly FilledSubject[], moves: readonly MarkMove[]) => Promise<void>;
  private versions: readonly FilledVersion[];
  private readonly startCursor: string;
  private fills: FilledSubject[] = [];
  private keys = 0;
  private cursor: string;
  hasMoved = false;

  /** @param versions - at least one; their marks have one cursor */
  constructor(versions: readonly FilledVersion[], inject: FillMerge['inject']) {
    this.versions = versions;
    this.inject = inject;
    this.cursor = this.startCursor = versions[0]!.mark.cursor;
  }

  /** Into how many passes the fill was divided when it began. */
  get passes(): number {
    return Number(PASS.exec(this.startCursor)?.[1] ?? '1');
  }

  async add(filled: FilledSubject, cursor: string, keptSince: string): Promise<void> {
    this.fills.push(filled);
    this.keys += new Set(filled.parts.map(({ feature }) => groupKey(filled.subject, feature.group))).size;
    this.cursor = cursor;
    if (this.keys >= KEYS_PER_STEP) await this.step(keptSince, false);
  }

  /** The same for a key of one of several passes; what the fill had when it began is passed over. */
  async addKey(filled: FilledSubject, pass: number, passes: number, keptSince: string): Promise<void> {
    const cursor = passes === 1 ? filled.subject : passCursor(pass, passes, filled.subject);
    if (this.startCursor !== '' && compareBytes(cursor, this.startCursor) <= 0) return;
    await this.add(filled, cursor, keptSince);
  }

  /** Merges what is left; the versions are filled in this partition. */
  async finish(keptSince: string): Promise<void> {
    await this.step(keptSince, true);
  }

  private async step(keptSince: string, isDone: boolean): Promise<void> {
    const { fills } = this;
    const moved = this.versions.map(({ feature, mark }) => {
      const events = fills.reduce(
        (sum, { parts }) => sum + (parts.find((part) => part.feature === feature)?.events ?? 0),
        mark.events,
      );
      return { feature, mark: new FillMark({ cuts: mark.cuts, isDone, cursor: this.cursor, events, keptSince }) };
    });
    const moves = moved.map(({ feature, mark }, i) => ({ feature, before: this.versions[i]!.mark, after: mark }));
    await this.inject(fills, moves);
    this.versions = moved;
    this.fills = [];
    this.keys = 0;
    this.hasMoved = true;
  }
}
