import type { PartitionMirror, StateMirror } from '@hermes/stream-runtime/state-mirror';
import {
  AT,
  hashOf,
  HEADER_BYTES,
  keyBytes,
  LANES,
  type SharedMemory,
  SharedView,
  UNIT_BYTES,
  WAYS,
} from './shared-memory.ts';

/** A larger record would push out too many others. */
const LARGEST_SHARE = 1 / 16;
/** Room to grow, of what a record needs: a quarter. */
const roomy = (bytes: number): number => bytes + (bytes >>> 2);

/** The processing thread's end: there is one writer. */
export class SharedWriter implements StateMirror {
  private readonly view: SharedView;
  private claims = 0;
  /** By what stands before its keys. */
  private readonly opened = new Map<string, PartitionMirror>();
  /** The ring, in units: where the oldest record is, where the next one goes, and how much is in use. */
  private oldest = 0;
  private next = 0;
  private used = 0;
  private victim = 0;
  private isChanging = false;

  constructor(memory: SharedMemory) {
    this.view = new SharedView(memory);
  }

  open(statePrefix: string): PartitionMirror {
    this.opened.get(statePrefix)?.close();
    const claim = ++this.claims;
    const lane = (claim % LANES) * 2;
    const isOpen = (): boolean => this.view.lanes[lane] === claim;
    this.change(() => this.setLane(lane, claim, Number.NEGATIVE_INFINITY));
    const mirror: PartitionMirror = {
      committed: (sentAtMs, changes) => {
        // Closed, or more partitions than lanes: it is read from Redis.
        if (!isOpen()) return;
        this.change(() => {
          for (const { key, bytes, sameBytes } of changes) this.put(statePrefix + key, claim, bytes, sameBytes);
          this.setLane(lane, claim, sentAtMs);
        });
      },
      close: () => {
        if (isOpen()) this.change(() => this.setLane(lane, 0, Number.NEGATIVE_INFINITY));
        if (this.opened.get(statePrefix) === mirror) this.opened.delete(statePrefix);
      },
    };
    this.opened.set(statePrefix, mirror);
    return mirror;
  }

  /** Readers take nothing while it runs, and nothing ever again if it has broken off. */
  private change(work: () => void): void {
    if (this.isChanging) return;
    const { state } = this.view;
    this.isChanging = true;
    Atomics.add(state, 0, 1);
    work();
    Atomics.add(state, 0, 1);
    this.isChanging = false;
  }

  private setLane(lane: number, claim: number, knownAtMs: number): void {
    this.view.lanes[lane] = claim;
    this.view.lanes[lane + 1] = knownAtMs;
  }

  private put(key: string, claim: number, value: Buffer | undefined, sameBytes: number): void {
    const { view } = this;
    const hash = hashOf(key);
    const place = view.find(hash, key);
    if (place >= 0) {
      const unit = view.index[place + 1]! - 1;
      if (value !== undefined && this.overwrite(unit, claim, value, sameBytes)) return;
      this.forget(place);
    }
    if (value !== undefined) this.append(hash, key, claim, value);
  }

  /** @returns false when there is no room for it */
  private overwrite(unit: number, claim: number, value: Buffer, sameBytes: number): boolean {
    const { view } = this;
    const at = view.valueAt(unit, view.headOf(unit, AT.keyUnits));
    if (at + value.length > (unit + view.headOf(unit, AT.units)) * UNIT_BYTES) return false;
    // Of a large value that has grown, what it had is there already: no step of this claim is missing here.
    const isThere = view.headOf(unit, AT.claim) === claim && view.headOf(unit, AT.valueBytes) === sameBytes;
    if (isThere && sameBytes > 0) view.bytes.set(value.subarray(sameBytes), at + sameBytes);
    else view.bytes.set(value, at);
    view.setHead(unit, AT.claim, claim);
    view.setHead(unit, AT.valueBytes, value.length);
    return true;
  }

  private append(hash: number, key: string, claim: number, value: Buffer): void {
    const { view } = this;
    const units = Math.ceil((HEADER_BYTES + keyBytes(key.length) + roomy(value.length)) / UNIT_BYTES);
    if (units > view.units * LARGEST_SHARE) return;
    const unit = this.reserve(units);
    view.setHead(unit, AT.units, units);
    view.setHead(unit, AT.hash, hash);
    view.setHead(unit, AT.claim, claim);
    view.setHead(unit, AT.keyUnits, key.length);
    view.setHead(unit, AT.valueBytes, value.length);
    view.writeKey(unit, key);
    view.bytes.set(value, view.valueAt(unit, key.length));
    const place = this.emptyPlace(hash);
    view.index[place] = hash;
    view.index[place + 1] = unit + 1;
  }

  /** So many units one after another. */
  private reserve(units: number): number {
    const { view } = this;
    const untilEnd = view.units - this.next;
    if (untilEnd < units) {
      this.freeUp(untilEnd);
      view.setHead(this.next, AT.units, untilEnd);
      view.setHead(this.next, AT.keyUnits, -1);
      this.used += untilEnd;
      this.next = 0;
    }
    this.freeUp(units);
    const unit = this.next;
    this.next = (unit + units) % view.units;
    this.used += units;
    return unit;
  }

  private freeUp(units: number): void {
    const { view } = this;
    while (view.units - this.used < units) {
      const { oldest } = this;
      if (view.headOf(oldest, AT.keyUnits) >= 0) this.forgetRecord(oldest);
      const size = view.headOf(oldest, AT.units);
      this.oldest = (oldest + size) % view.units;
      this.used -= size;
    }
  }

  private forgetRecord(unit: number): void {
    const { index } = this.view;
    const from = this.view.bucketOf(this.view.headOf(unit, AT.hash));
    for (let at = from; at < from + WAYS * 2; at += 2) if (index[at + 1] === unit + 1) this.forget(at);
  }

  private forget(place: number): void {
    const { index } = this.view;
    this.view.setHead(index[place + 1]! - 1, AT.valueBytes, -1);
    index[place] = 0;
    index[place + 1] = 0;
  }

  private emptyPlace(hash: number): number {
    const { index } = this.view;
    const from = this.view.bucketOf(hash);
    for (let at = from; at < from + WAYS * 2; at += 2) if (index[at + 1] === 0) return at;
    this.victim = (this.victim + 1) % WAYS;
    const place = from + this.victim * 2;
    this.forget(place);
    return place;
  }
}
