import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { BatchColumn } from '@hermes/stream-sql/engine/column-batch';
import type { SourceNode } from '@hermes/stream-sql/planner/plan';
import type { Value } from '@hermes/stream-sql/values/data-type';
import { FinalFailure } from '../../worker/final-failure.ts';
import type { OriginalRecord, Position, Source, SourceHandlers } from '../connector.ts';
import { isWanted } from '../readiness.ts';
import { findFiles, type FoundFile, realFile } from './files-below.ts';
import { type DecodedLines, type LineDecoder, lineDecoder, type Lines } from './line-decoder.ts';

const SPLIT = 0;
const CHUNK_BYTES = 1_000_000;
/** A record that is longer is no record. */
const LONGEST_RECORD_BYTES = 64_000_000;
const LINE_END = 10;
const RETURN = 13;

interface FilePosition {
  /** The file that is being read; those before it in the order of names are read. */
  readonly file: string;
  readonly offset: number;
}

/** Reads the lines of a file, or of all files of a folder one after the other, to their end. Positions are byte offsets. */
export class FileSource implements Source {
  private readonly folder: string;
  private readonly node: SourceNode;
  private readonly decode: LineDecoder;
  private readonly closing = new AbortController();
  private files: readonly FoundFile[] = [];
  private position: FilePosition = { file: '', offset: 0 };
  private running: Promise<void> = Promise.resolve();

  constructor(folder: string, node: SourceNode) {
    this.folder = folder;
    this.node = node;
    this.decode = lineDecoder(node);
  }

  async open(restored: ReadonlyMap<number, Position> | undefined): Promise<ReadonlyMap<number, Position>> {
    const all = await findFiles(this.folder, this.node.table.options['path'] ?? '');
    const position = restored?.get(SPLIT) as FilePosition | undefined;
    this.files = position === undefined ? all : all.filter(({ path }) => path >= position.file);
    this.position = position ?? this.position;
    const current = all.find(({ path }) => path === position?.file);
    if (position !== undefined && position.file !== '' && (current?.bytes ?? -1) < position.offset)
      throw new FinalFailure(
        'file-changed',
        `the file ${position.file} is gone or shorter than what was read of it. Start a new version to begin anew`,
      );
    return this.positions();
  }

  positions(): ReadonlyMap<number, Position> {
    return new Map([[SPLIT, { ...this.position }]]);
  }

  start(handlers: SourceHandlers): void {
    this.running = this.readAll(handlers).catch((error: unknown) =>
      handlers.onFailed({
        code: error instanceof FinalFailure ? error.code : 'source-failed',
        message: error instanceof Error ? error.message : String(error),
        final: error instanceof FinalFailure,
      }),
    );
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.running;
  }

  private async readAll(handlers: SourceHandlers): Promise<void> {
    for (const file of this.files) {
      if (this.position.file !== file.path) this.position = { file: file.path, offset: 0 };
      const handle = await open(await realFile(this.folder, file.path), 'r');
      try {
        await this.readFile(file, handle, handlers);
      } finally {
        await handle.close();
      }
      if (this.closing.signal.aborted) return;
    }
    handlers.onEnd(SPLIT);
  }

  private async readFile(file: FoundFile, handle: FileHandle, handlers: SourceHandlers): Promise<void> {
    for (let size = CHUNK_BYTES; this.position.offset < file.bytes;) {
      const { offset } = this.position;
      const bytes = await readBytes(handle, offset, Math.min(size, file.bytes - offset));
      const lines = linesOf(bytes, offset + bytes.length >= file.bytes);
      for (let from = 0; from < lines.count;) {
        if (!(await isWanted(handlers, this.closing.signal))) return;
        const decoded = this.decode(lines, from);
        if (decoded.taken === 0) break;
        const to = from + decoded.taken;
        this.hand(file, offset, lines, decoded, handlers);
        this.position = { file: file.path, offset: offset + (to < lines.count ? lines.begins[to]! : lines.bytesTaken) };
        from = to;
        // Checkpoints, timers and answers of lookups get their turn between batches.
        await new Promise(setImmediate);
      }
      if (this.position.offset > offset) size = CHUNK_BYTES;
      else if (size >= LONGEST_RECORD_BYTES || bytes.length === 0)
        throw new FinalFailure('record-too-long', `the record at ${file.path}:${offset} is longer than ${size} bytes`);
      else size *= 8;
    }
  }

  private hand(
    file: FoundFile,
    offset: number,
    lines: FileLines,
    { rows, bad, skipped, records }: DecodedLines,
    handlers: SourceHandlers,
  ): void {
    const original = (record: number): OriginalRecord => ({
      topic: file.path,
      partition: SPLIT,
      offset: offset + lines.begins[record]!,
      timestampMs: Math.trunc(file.modifiedMs),
      key: null,
      value: Buffer.from(lines.bytes.subarray(lines.begins[record], lines.ends[record])),
      headers: {},
    });
    const columns = this.node.table.columns.map((column, at): BatchColumn | undefined => {
      if (column.kind !== 'metadata' || this.node.unread.includes(at)) return rows.columns[at];
      const value = metadataOf(file, column.key);
      return { kind: 'value', values: new Array<Value>(rows.length).fill(value), nulls: new Uint8Array(rows.length) };
    });
    handlers.onBatch({
      split: SPLIT,
      rows: { ...rows, columns },
      bad: bad.map(({ record, code, reason }) => ({ code, reason, record: original(record) })),
      skipped,
      records,
      original,
      lag: undefined,
      receivedMs: [],
    });
  }
}

function metadataOf(file: FoundFile, key: string): Value {
  switch (key) {
    case 'file.path':
      return file.path;
    case 'file.name':
      return basename(file.path);
    case 'file.size':
      return file.bytes;
    default:
      throw new Error(`files have no metadata ${key}`);
  }
}

async function readBytes(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

interface FileLines extends Lines {
  /** Where each line begins, whatever a decoder makes of `starts`. */
  readonly begins: Int32Array;
  /** Bytes of all lines with their ends. */
  readonly bytesTaken: number;
}

/** The whole lines of a piece of a file; its rest is one too when the file ends there. */
function linesOf(bytes: Buffer, last: boolean): FileLines {
  const begins: number[] = [];
  const ends: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf(LINE_END, at);
    if (end < 0 && !last) break;
    const stop = end < 0 ? bytes.length : end;
    begins.push(at);
    ends.push(stop > at && bytes[stop - 1] === RETURN ? stop - 1 : stop);
    at = end < 0 ? bytes.length : end + 1;
  }
  const starts = Int32Array.from(begins);
  return {
    bytes,
    begins: Int32Array.from(begins),
    starts,
    ends: Int32Array.from(ends),
    count: begins.length,
    last,
    bytesTaken: at,
  };
}
