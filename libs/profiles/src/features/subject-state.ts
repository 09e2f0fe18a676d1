import { ByteReader, ByteWriter, ProfileCodecError } from '../bytes.ts';
import { readActivity, readActivityV1, writeActivity } from '../activity-codec.ts';
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
  pruneSeries,
  readSeries,
  type Series,
  type SeriesKind,
  writeSeries,
} from './series.ts';

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

/** Where a section stands in the value's bytes. */
interface Piece {
  readonly from: number;
  readonly to: number;
}

interface FeatureSection {
  /** What is not decoded yet, oldest first. */
  pieces: Piece[];
  /** Once decoded, with what it takes to encode it. */
  series: Series | undefined;
  kind: SeriesKind | undefined;
}

const writer = new ByteWriter();
const sectionWriter = new ByteWriter();

/**
 * What is known of one subject in one feature group. Sections are decoded when they are asked for. Changed in place; not for use by two at
 * once.
 */
export class SubjectState {
  /** Events with a time up to here were erased and do not count any more. */
  erasedAtMs: number | undefined;
  /** Bytes of the value as stored, and of its first segment. */
  storedBytes: number;
  baseBytes: number;
  /** The set of definitions for which sections without a feature were dropped. */
  retainedFor = -1;
  private bytes: Buffer;
  private activityPieces: (Piece & { readonly isFirstVersion: boolean })[] = [];
  private activityState: ProfileState | undefined;
  private readonly sections = new Map<number, FeatureSection>();

  constructor(bytes: Buffer = Buffer.alloc(0)) {
    this.bytes = bytes;
    this.storedBytes = bytes.length;
    this.baseBytes = bytes.length;
    this.scan();
  }

  /** @throws ProfileCodecError on a version that this code does not know, on cut or trailing bytes */
  static decode(bytes: Buffer): SubjectState {
    return new SubjectState(bytes);
  }

  /** When and how often events were seen; undefined when none was (since an erasure). */
  get activity(): ProfileState | undefined {
    for (const { from, to, isFirstVersion } of this.activityPieces) {
      const reader = new ByteReader(this.bytes, from, to);
      const state = isFirstVersion ? readActivityV1(reader) : readActivity(reader);
      this.activityState = this.activityState === undefined ? state : mergeProfileStates(this.activityState, state);
    }
    this.activityPieces = [];
    return this.activityState;
  }

  /** Whether an event was seen, told without decoding. */
  get isSeen(): boolean {
    return this.activityState !== undefined || this.activityPieces.length > 0;
  }

  get hasFeatures(): boolean {
    return this.sections.size > 0;
  }

  /** Counts an event in the activity. */
  see(event: SeenEvent): void {
    const state = this.activity ?? newProfileState();
    applyEvent(state, event);
    this.activityState = state;
  }

  /** A feature's tiles; undefined when nothing of it is there. */
  seriesOf(feature: CompiledFeature): Series | undefined {
    const section = this.sections.get(feature.slot);
    if (section === undefined) return undefined;
    for (const { from, to } of section.pieces) {
      const series = readSeries(feature, new ByteReader(this.bytes, from, to));
      if (section.series === undefined) section.series = series;
      else mergeSeries(feature, section.series, series);
    }
    section.pieces = [];
    section.kind = feature;
    return section.series;
  }

  /** Counts an event in a feature, and drops what no read can show any more. */
  count(feature: CompiledFeature, seen: Seen): Added {
    const known = this.seriesOf(feature);
    const series = known ?? newSeries();
    const added = addToSeries(feature, series, seen);
    if (added === 'ignored') return added;
    pruneSeries(feature, series, seen.receivedAtMs);
    if (known === undefined) this.sections.set(feature.slot, { pieces: [], series, kind: feature });
    return added;
  }

  /** Merges another state's part of a feature into this one. */
  mergeFeature(feature: CompiledFeature, from: Series): void {
    const known = this.seriesOf(feature);
    if (known !== undefined) return mergeSeries(feature, known, from);
    const series = newSeries();
    mergeSeries(feature, series, from);
    this.sections.set(feature.slot, { pieces: [], series, kind: feature });
  }

  /** Drops the sections of features that are no more. */
  retain(has: (slot: number) => boolean, definitionsVersion: number): void {
    if (this.retainedFor === definitionsVersion) return;
    this.retainedFor = definitionsVersion;
    for (const slot of this.sections.keys()) if (!has(slot)) this.sections.delete(slot);
  }

  /** The value as one segment. From here on sections that have not been decoded are found in these bytes. */
  encode(): Buffer {
    const { activityState } = this;
    writer.reset();
    const places: [number, number, number][] = [];
    if (this.erasedAtMs !== undefined) {
      sectionWriter.zigzag(this.erasedAtMs);
      writeSection(ERASURE);
    }
    if (this.activityPieces.length > 1) void this.activity;
    const [piece] = this.activityPieces;
    if (piece !== undefined && !piece.isFirstVersion && activityState === undefined) {
      places.push([ACTIVITY, ...copySection(ACTIVITY, this.bytes, piece)]);
    } else {
      const activity = this.activity;
      if (activity !== undefined) {
        writeActivity(sectionWriter, activity);
        writeSection(ACTIVITY);
      }
    }
    for (const [slot, { pieces, series, kind }] of this.sections) {
      if (series === undefined || kind === undefined) {
        for (const one of pieces) places.push([slot + FIRST_SLOT, ...copySection(slot + FIRST_SLOT, this.bytes, one)]);
      } else {
        writeSeries(kind, sectionWriter, series);
        writeSection(slot + FIRST_SLOT);
      }
    }
    const body = writer.view();
    const head = headOf(body.length);
    const value = Buffer.allocUnsafe(head.length + body.length);
    value.set(head);
    value.set(body, head.length);
    this.moved(value, places, head.length);
    return value;
  }

  private moved(value: Buffer, places: readonly [number, number, number][], shift: number): void {
    for (const section of this.sections.values()) section.pieces = [];
    this.activityPieces = [];
    for (const [id, from, to] of places) {
      const piece = { from: from + shift, to: to + shift };
      if (id === ACTIVITY) this.activityPieces.push({ ...piece, isFirstVersion: false });
      else this.sections.get(id - FIRST_SLOT)!.pieces.push(piece);
    }
    this.bytes = value;
    this.storedBytes = this.baseBytes = value.length;
  }

  private scan(): void {
    const { bytes } = this;
    const reader = new ByteReader(bytes);
    let isFirst = true;
    while (!reader.isAtEnd) {
      const version = reader.byte();
      if (version === FIRST_VERSION && isFirst) {
        const from = reader.position;
        readActivityV1(reader);
        this.activityPieces.push({ from, to: reader.position, isFirstVersion: true });
      } else if (version === SEGMENT_VERSION) {
        this.scanSegment(reader);
      } else {
        throw new ProfileCodecError(
          `a profile of version ${version}; this code reads versions 1 and ${SEGMENT_VERSION}`,
        );
      }
      if (isFirst) this.baseBytes = reader.position;
      isFirst = false;
    }
  }

  private scanSegment(reader: ByteReader): void {
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
      if (id === ACTIVITY) this.activityPieces.push({ from, to, isFirstVersion: false });
      else if (id === ERASURE) this.erasedAtMs = new ByteReader(this.bytes, from, to).zigzag();
      else if (id > FIRST_SLOT) this.addPiece(id - FIRST_SLOT, { from, to });
      else throw new ProfileCodecError(`a section of the unknown kind ${id}`);
    }
  }

  private addPiece(slot: number, piece: Piece): void {
    const section = this.sections.get(slot);
    if (section === undefined) this.sections.set(slot, { pieces: [piece], series: undefined, kind: undefined });
    else section.pieces.push(piece);
  }
}

/** Puts what is in `sectionWriter` behind its number and length. */
function writeSection(id: number): void {
  const body = sectionWriter.view();
  writer.varint(id);
  writer.varint(body.length);
  writer.raw(body);
  sectionWriter.reset();
}

/** Copies a section as it is; answers where it is now, in what is being written. */
function copySection(id: number, bytes: Buffer, { from, to }: Piece): [number, number] {
  writer.varint(id);
  writer.varint(to - from);
  const at = writer.length;
  writer.raw(bytes.subarray(from, to));
  return [at, writer.length];
}

const headWriter = new ByteWriter();
function headOf(bodyLength: number): Buffer {
  headWriter.reset();
  headWriter.byte(SEGMENT_VERSION);
  headWriter.varint(bodyLength);
  return headWriter.view();
}
