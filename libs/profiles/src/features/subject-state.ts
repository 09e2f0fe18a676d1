import { ByteReader, ProfileCodecError } from '../bytes.ts';
import { readActivity, updateActivity, writeActivity } from '../activity-codec.ts';
import {
  applyEvent,
  mergeProfileStates,
  newProfileState,
  type ProfileState,
  type SeenEvent,
} from '../profile-state.ts';
import type { Seen } from './aggregate.ts';
import type { CompiledFeature } from './compile-feature.ts';
import {
  type Added,
  addToSeries,
  mergeSeries,
  newSeries,
  readSeries,
  type Series,
  stateAt,
  writeSeries,
} from './series.ts';
import { SectionChains } from './section-chains.ts';
import { type Folded, foldSeries } from './series-fold.ts';
import {
  ACTIVITY,
  beginSection,
  beginSegment,
  copySection,
  dropSection,
  endSection,
  endSegment,
  ERASURE,
  FIRST_SLOT,
  FIRST_VERSION,
  SEGMENT_VERSION,
} from './segment-writer.ts';
import { addToStored } from './series-update.ts';

/** A section that has been decoded, or written anew, meanwhile. */
const TAKEN = -1;

/** Instead of a place in the index. */
const MISSING = -1;
const SEVERAL = -2;

const EMPTY = Buffer.alloc(0);
const NONE: number[] = [];
let spareIndex: number[] = [];
const reader = new ByteReader(EMPTY);
const chains = new SectionChains();

/**
 * What is known of one subject in one feature group. In memory it is its bytes (`segment-writer.ts` describes them), and the sections that
 * were asked for since they were made; `encode` makes new bytes and lets go of the sections, so that a state that waits for its next event
 * holds nothing twice. Changed in place; not for use by two at once.
 */
export class SubjectState {
  /** Bytes of the value as stored, and of its first segment. */
  storedBytes: number;
  baseBytes: number;
  /** The set of definitions for which sections without a feature were dropped. */
  private retainedFor = -1;
  private erasedMs: number | undefined;
  private bytes: Buffer;
  private isScanned = false;
  /** Sections as stored, in the order of the segments, three numbers each: what it is, and where it stands in `bytes`. */
  private index: number[] = [];
  private indexLength = 0;
  /** Features that have been decoded, by slot. */
  private slots: number[] = [];
  private series: Series[] = [];
  private activityState: ProfileState | undefined;
  /** Between `beginUpdate` and its end: new sections are in the segment in hand. */
  private isUpdating = false;
  /** The bytes are all of the state, as one segment. */
  private isWritten = false;

  constructor(bytes: Buffer = EMPTY) {
    this.bytes = bytes;
    this.storedBytes = this.baseBytes = bytes.length;
    this.scan();
  }

  /** @throws ProfileCodecError on a version that this code does not know, on cut or trailing bytes */
  static decode(bytes: Buffer): SubjectState {
    return new SubjectState(bytes);
  }

  /** Events with a time up to here were erased and do not count any more. */
  get erasedAtMs(): number | undefined {
    return this.erasedMs;
  }

  set erasedAtMs(ms: number | undefined) {
    this.erasedMs = ms;
    this.isWritten = false;
  }

  /**
   * Begins a change that `encode` ends: what is counted until then is written as it is found, as far as that can be done without decoding.
   * No other state may be changed meanwhile.
   */
  beginUpdate(): void {
    this.scan();
    beginSegment();
    this.isUpdating = true;
  }

  /** Ends a change by which nothing was counted. */
  cancelUpdate(): void {
    this.isUpdating = false;
  }

  /** The stored bytes were appended to by somebody else, and are these now. */
  grewTo(bytes: Buffer): void {
    const { baseBytes } = this;
    this.rest(bytes);
    this.baseBytes = baseBytes;
    this.isWritten = false;
  }

  /** The stored bytes are here now; some may have been appended since this state was made of them, which it knows otherwise. */
  movedTo(bytes: Buffer): void {
    this.bytes = bytes.length === this.bytes.length ? bytes : bytes.subarray(0, this.bytes.length);
  }

  /** When and how often events were seen; undefined when none was (since an erasure). */
  get activity(): ProfileState | undefined {
    this.scan();
    const { index } = this;
    for (let i = 0; i < index.length; i += 3) {
      if (index[i] !== ACTIVITY) continue;
      index[i] = TAKEN;
      const state = readActivity(reader.over(this.bytes, index[i + 1]!, index[i + 2]!));
      reader.end();
      this.activityState = this.activityState === undefined ? state : mergeProfileStates(this.activityState, state);
    }
    return this.activityState;
  }

  /** Whether an event was seen, told without decoding. */
  get isSeen(): boolean {
    return this.activityState !== undefined || this.undecoded(ACTIVITY) > 0;
  }

  get hasFeatures(): boolean {
    this.scan();
    return this.slots.length > 0 || this.index.some((id, i) => i % 3 === 0 && id > FIRST_SLOT);
  }

  /** Counts an event in the activity. */
  see(event: SeenEvent): void {
    this.isWritten = false;
    const at = this.isUpdating && this.activityState === undefined ? this.onlySection(ACTIVITY) : -1;
    if (at >= 0) {
      const { index } = this;
      if (updateActivity(reader.over(this.bytes, index[at + 1]!, index[at + 2]!), event, beginSection(ACTIVITY))) {
        index[at] = TAKEN;
        return endSection();
      }
      dropSection();
    }
    const state = this.activity ?? newProfileState();
    applyEvent(state, event);
    this.activityState = state;
  }

  /** A feature's tiles; undefined when nothing of it is there. */
  seriesOf(feature: CompiledFeature): Series | undefined {
    this.scan();
    const { index, slots } = this;
    const id = feature.slot + FIRST_SLOT;
    let series: Series | undefined;
    for (let i = 0; i < slots.length; i++) {
      if (slots[i] === feature.slot) series = this.series[i];
    }
    for (let i = 0; i < index.length; i += 3) {
      if (index[i] !== id) continue;
      index[i] = TAKEN;
      const stored = readSeries(feature, reader.over(this.bytes, index[i + 1]!, index[i + 2]!));
      if (series === undefined) this.keep(feature.slot, (series = stored));
      else mergeSeries(series, stored);
    }
    return series;
  }

  /** What a read at `nowMs` sees of a feature; stored sections are folded without being kept. */
  foldInto(into: Folded, feature: CompiledFeature, nowMs: number): void {
    this.scan();
    const { index, slots } = this;
    into.state = undefined;
    into.late = 0;
    if (feature.ttlMs === undefined && !slots.includes(feature.slot)) {
      chains.over(index);
      const id = feature.slot + FIRST_SLOT;
      for (let i = chains.first(id); i >= 0; i = chains.next(i)) {
        if (index[i] === id) foldSeries(feature, reader.over(this.bytes, index[i + 1]!, index[i + 2]!), nowMs, into);
      }
      return;
    }
    const series = this.seriesOf(feature);
    if (series === undefined) return;
    into.state = stateAt(series, nowMs);
    into.late = series.late;
  }

  /** Counts an event in a feature, and drops what no read can show any more. */
  count(feature: CompiledFeature, seen: Seen): Added {
    if (this.isUpdating) {
      const added = this.countStored(feature, seen);
      if (added !== 'undecided') return added;
    }
    this.isWritten = false;
    const known = this.seriesOf(feature);
    const series = known ?? newSeries(feature);
    const added = addToSeries(series, seen);
    if (known === undefined && added !== 'ignored') this.keep(feature.slot, series);
    return added;
  }

  private countStored(feature: CompiledFeature, seen: Seen): Added | 'undecided' {
    if (feature.ttlMs !== undefined || this.slots.includes(feature.slot)) return 'undecided';
    const id = feature.slot + FIRST_SLOT;
    const at = this.onlySection(id);
    if (at === SEVERAL) return 'undecided';
    const { index } = this;
    const stored = at === MISSING ? undefined : reader.over(this.bytes, index[at + 1]!, index[at + 2]!);
    const added = addToStored(feature, stored, seen, beginSection(id));
    if (added === 'ignored' || added === 'undecided') {
      dropSection();
      return added;
    }
    endSection();
    this.isWritten = false;
    if (at >= 0) index[at] = TAKEN;
    return added;
  }

  /** Merges another state's part of a feature into this one. */
  mergeFeature(feature: CompiledFeature, from: Series): void {
    this.isWritten = false;
    const known = this.seriesOf(feature);
    const series = known ?? newSeries(feature);
    mergeSeries(series, from);
    if (known === undefined) this.keep(feature.slot, series);
  }

  /** Drops the sections of features that are no more. */
  retain(has: (slot: number) => boolean, definitionsVersion: number): void {
    if (this.retainedFor === definitionsVersion) return;
    this.retainedFor = definitionsVersion;
    this.scan();
    const { index } = this;
    for (let i = 0; i < index.length; i += 3) {
      const id = index[i]!;
      if (id <= FIRST_SLOT || has(id - FIRST_SLOT)) continue;
      index[i] = TAKEN;
      this.isWritten = false;
    }
    for (let i = this.slots.length - 1; i >= 0; i--) {
      if (has(this.slots[i]!)) continue;
      this.isWritten = false;
      this.slots.splice(i, 1);
      this.series.splice(i, 1);
    }
  }

  /** The value as one segment; ends an update. */
  encode(): Buffer {
    if (this.isWritten) return this.bytes;
    this.scan();
    if (!this.isUpdating) beginSegment();
    if (this.erasedAtMs !== undefined) {
      beginSection(ERASURE).zigzag(this.erasedAtMs);
      endSection();
    }
    // One activity as it is; several are merged.
    if (this.activityState !== undefined || this.undecoded(ACTIVITY) > 1) {
      writeActivity(beginSection(ACTIVITY), this.activity!);
      endSection();
    }
    const { index, slots } = this;
    for (let i = 0; i < index.length; i += 3) {
      if (index[i] !== TAKEN) copySection(index[i]!, this.bytes, index[i + 1]!, index[i + 2]!);
    }
    for (let i = 0; i < slots.length; i++) {
      writeSeries(beginSection(slots[i]! + FIRST_SLOT), this.series[i]!);
      endSection();
    }
    const value = endSegment();
    this.rest(value);
    return value;
  }

  private keep(slot: number, series: Series): void {
    this.slots.push(slot);
    this.series.push(series);
  }

  /** How many stored sections of a kind are not decoded. */
  private undecoded(id: number): number {
    this.scan();
    let count = 0;
    for (let i = 0; i < this.index.length; i += 3) if (this.index[i] === id) count += 1;
    return count;
  }

  /** Where the index tells of the only section of a kind. */
  private onlySection(id: number): number {
    const { index } = this;
    let at = MISSING;
    for (let i = 0; i < index.length; i += 3) {
      if (index[i] !== id) continue;
      if (at !== MISSING) return SEVERAL;
      at = i;
    }
    return at;
  }

  /** From here on the value is these bytes, and nothing of it is decoded. */
  private rest(value: Buffer): void {
    this.bytes = value;
    this.storedBytes = this.baseBytes = value.length;
    this.isScanned = false;
    this.isUpdating = false;
    this.isWritten = true;
    this.activityState = undefined;
    if (this.index.length > 0) [spareIndex, this.index] = [this.index, NONE];
    if (this.slots.length > 0) {
      // The same arrays, emptied: those of a state that has lived for long are in the old generation, and left behind there they would keep all
      // that they held alive until that is collected.
      this.slots.length = 0;
      this.series.length = 0;
    }
  }

  /** Finds the sections. */
  private scan(): void {
    if (this.isScanned) return;
    this.isScanned = true;
    const { bytes } = this;
    // One state after another is looked at: the room for the last one's sections serves the next.
    [this.index, spareIndex] = [spareIndex, []];
    chains.forget();
    this.indexLength = 0;
    reader.over(bytes, 0, bytes.length);
    let isFirst = true;
    while (!reader.isAtEnd) {
      const version = reader.byte();
      if (version === FIRST_VERSION && isFirst) {
        const from = reader.position;
        readActivity(reader);
        this.found(ACTIVITY, from, reader.position);
      } else if (version === SEGMENT_VERSION) {
        this.scanSegment();
      } else {
        throw new ProfileCodecError(
          `a profile of version ${version}; this code reads versions 1 and ${SEGMENT_VERSION}`,
        );
      }
      if (isFirst) this.baseBytes = reader.position;
      isFirst = false;
    }
    this.index.length = this.indexLength;
  }

  private scanSegment(): void {
    const length = reader.varint();
    const end = reader.position + length;
    if (end > this.bytes.length) throw new ProfileCodecError('the profile ends too early');
    while (reader.position < end) {
      const id = reader.varint();
      const size = reader.varint();
      const from = reader.position;
      reader.pass(size);
      const to = from + size;
      if (to > end) throw new ProfileCodecError('a section goes on after its segment');
      if (id === ACTIVITY || id > FIRST_SLOT) this.found(id, from, to);
      else if (id !== ERASURE) throw new ProfileCodecError(`a section of the unknown kind ${id}`);
      else {
        this.erasedMs = reader.over(this.bytes, from, to).zigzag();
        reader.over(this.bytes, to, this.bytes.length);
      }
    }
  }

  private found(id: number, from: number, to: number): void {
    const at = this.indexLength;
    this.index[at] = id;
    this.index[at + 1] = from;
    this.index[at + 2] = to;
    this.indexLength = at + 3;
  }
}
