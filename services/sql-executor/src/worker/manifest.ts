import { crc32 } from 'node:zlib';
import { z } from 'zod';
import type { CheckpointCodec } from './checkpoint-store.ts';
import type { OriginsByPartition } from './first-copies.ts';

const Header = z.object({
  /** `<job>/<run>`, so that a file that strayed is not taken for another's. */
  run: z.string(),
  epoch: z.number().int(),
  number: z.number().int(),
  at: z.string(),
  topic: z.string(),
  /** Kafka's id of the topic: offsets of a topic that was deleted and made anew mean nothing. */
  topicId: z.string(),
  /** Partition -> next offset to read. */
  offsets: z.record(z.string(), z.number().int()),
  /** Partition -> pairs of origin and highest sequence. Not there in files of before there were any. */
  origins: z.array(z.tuple([z.number().int(), z.array(z.tuple([z.string(), z.number().int()]))])).default([]),
  rowsWritten: z.number(),
  stateBytes: z.number().int(),
  blocks: z.array(z.object({ rows: z.number().int(), bytes: z.number().int() })),
});

/** Output rows that go to ClickHouse in one insert, as the bytes that are sent. */
export interface Block {
  readonly rows: number;
  readonly bytes: Buffer;
}

/** What a checkpoint holds: where to read on, the operators' state, and the rows that came out since the one before. */
export interface Checkpoint {
  readonly run: string;
  readonly epoch: number;
  /** Dense and growing over all epochs of a run, from 1. */
  readonly number: number;
  readonly at: string;
  readonly topic: string;
  readonly topicId: string;
  readonly offsets: ReadonlyMap<number, number>;
  /** Of the records below `offsets`: by partition, the highest sequence by outbox origin. */
  readonly origins: OriginsByPartition;
  /** Rows of all checkpoints up to this one. */
  readonly rowsWritten: number;
  readonly state: Uint8Array;
  readonly blocks: readonly Block[];
}

const MAGIC = Buffer.from('HERMESCKP1\n');

/** One file: magic, length of the header, header (JSON), state, blocks, CRC-32 of all before it. */
export function encodeManifest(checkpoint: Checkpoint): Buffer {
  const { offsets, origins, state, blocks, ...rest } = checkpoint;
  const header = Buffer.from(
    JSON.stringify({
      ...rest,
      offsets: Object.fromEntries(offsets),
      origins: [...origins].map(([partition, sequences]) => [partition, [...sequences]]),
      stateBytes: state.length,
      blocks: blocks.map(({ rows, bytes }) => ({ rows, bytes: bytes.length })),
    } satisfies z.infer<typeof Header>),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const body = Buffer.concat([MAGIC, length, header, state, ...blocks.map((block) => block.bytes)]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(body));
  return Buffer.concat([body, sum]);
}

/** @throws Error on bytes that are not a whole manifest */
export function decodeManifest(bytes: Buffer): Checkpoint {
  const body = bytes.subarray(0, -4);
  if (bytes.length < MAGIC.length + 8 || !body.subarray(0, MAGIC.length).equals(MAGIC))
    throw new Error('the file is not a checkpoint');
  if (crc32(body) !== bytes.readUInt32LE(bytes.length - 4))
    throw new Error('the checkpoint is damaged: its sum does not match');
  let at = MAGIC.length + 4;
  const take = (length: number): Buffer => body.subarray(at, (at += length));
  const header = Header.parse(JSON.parse(take(body.readUInt32LE(MAGIC.length)).toString()));
  const { stateBytes, blocks, offsets, origins, ...rest } = header;
  return {
    ...rest,
    offsets: new Map(Object.entries(offsets).map(([partition, offset]) => [Number(partition), offset])),
    origins: new Map(origins.map(([partition, sequences]) => [partition, new Map(sequences)])),
    state: take(stateBytes),
    blocks: blocks.map(({ rows, bytes: length }) => ({ rows, bytes: take(length) })),
  };
}

export const MANIFESTS: CheckpointCodec<Checkpoint> = {
  encode: encodeManifest,
  decode: decodeManifest,
  isBase: () => true,
};
