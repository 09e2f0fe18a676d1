import { ByteReader, ByteWriter, ProfileCodecError } from '../bytes.ts';
import { readActivity, writeActivity } from '../activity-codec.ts';
import {
  applyEvent,
  mergeProfileStates,
  newProfileState,
  type ProfileState,
  type SeenEvent,
} from '../profile-state.ts';
import type { Seen } from './aggregate.ts';
import type { CompiledFeature } from './compile-feature.ts';
import { type Added, addToSeries, mergeSeries, newSeries, readSeries, type Series, writeSeries } from './series.ts';

/**
 * The stored value of one subject and feature group: one or more segments, one after another; the state is the merge of them all. So an
 * update of a large value appends a small segment, and a value that has grown is written anew as one.
 *
 *   segment:
 *     u8      version, 2
 *     varint  bytes that follow
 *     sections:
 *       varint  what it is: 0 activity, 1 erasure, 15 + slot a feature
 *       varint  bytes that follow
 *       the activity (`activity-codec.ts`), zigzag erasedAtMs, or the feature's tiles (`series.ts`)
 *
 * A value that begins with 1 is an activity of the first version, alone, and may be followed by segments. Other versions are refused.
 */
export const SEGMENT_VERSION = 2;
const FIRST_VERSION = 1;

const ACTIVITY = 0;
const ERASURE = 1;
const FIRST_SLOT = 15;

/** A section that has been decoded meanwhile. */
const TAKEN = -1;

const EMPTY = Buffer.alloc(0);
let lastIndexLength = 0;
const writer = new ByteWriter();
const sectionWriter = new ByteWriter();
const headWriter = new ByteWriter();
const reader = new ByteReader(EMPTY);

/**
 * What is known of one subject in one feature group. In memory it is its bytes, and the sections that were asked for since they were made;
 * `encode` makes new bytes and lets go of the sections, so that a state that waits for its next event holds nothing twice. Changed in
 * place; not for use by two at once.
 */
export class SubjectState {
  /** Events with a time up to here were erased and do not count any more. */
  erasedAtMs: number | undefined;
  /** Bytes of the value as stored, and of its first segment. */
  storedBytes: number;
  baseBytes: number;
  /** The set of definitions for which sections without a feature were dropped. */
  private retainedFor = -1;
  private bytes: Buffer;
  private isScanned = false;
  /** Sections as stored, in the order of the segments, three numbers each: what it is, and where it stands in `bytes`. */
  private index: number[] = [];
  private indexLength = 0;
  /** Features that have been decoded, by slot. */
  private slots: number[] = [];
  private series: Series[] = [];
  private activityState: ProfileState | undefined;

  constructor(bytes: Buffer = EMPTY) {
    this.bytes = bytes;
    this.storedBytes = this.baseBytes = bytes.length;
    this.scan();
  }

  /** @throws ProfileCodecError on a version that this code does not know, on cut or trailing bytes */
  static decode(bytes: Buffer): SubjectState {
    return new SubjectState(bytes);
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

  /** Counts an event in a feature, and drops what no read can show any more. */
  count(feature: CompiledFeature, seen: Seen): Added {
    const known = this.seriesOf(feature);
    const series = known ?? newSeries(feature);
    const added = addToSeries(series, seen);
    if (known === undefined && added !== 'ignored') this.keep(feature.slot, series);
    return added;
  }

  /** Merges another state's part of a feature into this one. */
  mergeFeature(feature: CompiledFeature, from: Series): void {
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
      if (id > FIRST_SLOT && !has(id - FIRST_SLOT)) index[i] = TAKEN;
    }
    for (let i = this.slots.length - 1; i >= 0; i--) {
      if (has(this.slots[i]!)) continue;
      this.slots.splice(i, 1);
      this.series.splice(i, 1);
    }
  }

  /** The value as one segment. */
  encode(): Buffer {
    this.scan();
    writer.reset();
    if (this.erasedAtMs !== undefined) {
      sectionWriter.zigzag(this.erasedAtMs);
      writeSection(ERASURE);
    }
    // One activity as it is; several are merged.
    if (this.activityState !== undefined || this.undecoded(ACTIVITY) > 1) {
      writeActivity(sectionWriter, this.activity!);
      writeSection(ACTIVITY);
    }
    const { index, slots } = this;
    for (let i = 0; i < index.length; i += 3) {
      if (index[i] !== TAKEN) copySection(index[i]!, this.bytes, index[i + 1]!, index[i + 2]!);
    }
    for (let i = 0; i < slots.length; i++) {
      writeSeries(sectionWriter, this.series[i]!);
      writeSection(slots[i]! + FIRST_SLOT);
    }
    headWriter.reset();
    headWriter.byte(SEGMENT_VERSION);
    headWriter.varint(writer.length);
    const headLength = headWriter.length;
    const value = Buffer.allocUnsafeSlow(headLength + writer.length);
    headWriter.moveInto(value, 0);
    writer.moveInto(value, headLength);
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

  /** From here on the value is these bytes, and nothing of it is decoded. */
  private rest(value: Buffer): void {
    this.bytes = value;
    this.storedBytes = this.baseBytes = value.length;
    this.isScanned = false;
    this.activityState = undefined;
    this.index = [];
    this.slots = [];
    this.series = [];
  }

  /** Finds the sections. */
  private scan(): void {
    if (this.isScanned) return;
    this.isScanned = true;
    const { bytes } = this;
    // Profiles beside each other have about as many sections: room for those of the last one.
    this.index = new Array<number>(lastIndexLength);
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
    this.index.length = lastIndexLength = this.indexLength;
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
        this.erasedAtMs = reader.over(this.bytes, from, to).zigzag();
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

/** Puts what is in `sectionWriter` behind its number and length. */
function writeSection(id: number): void {
  writer.varint(id);
  writer.varint(sectionWriter.length);
  writer.takeFrom(sectionWriter);
}

/** Copies a section as it is. */
function copySection(id: number, bytes: Buffer, from: number, to: number): void {
  writer.varint(id);
  writer.varint(to - from);
  writer.raw(bytes, from, to);
}
