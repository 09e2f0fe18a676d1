import { crc32 } from 'node:zlib';
import { z } from 'zod';
import type { Block, Position } from '../connectors/connector.ts';
import type { CheckpointCodec } from './checkpoint-store.ts';

export const PositionJson: z.ZodType<Position> = z.lazy(() =>
  z.union([z.null(), z.number(), z.string(), z.array(PositionJson), z.record(z.string(), PositionJson)]),
);

const Header = z.object({
  /** The run's id, so that a file that strayed is not taken for another's. */
  run: z.string(),
  epoch: z.number().int(),
  number: z.number().int(),
  at: z.string(),
  state: z.enum(['full', 'changes']),
  stateBytes: z.number().int(),
  /** Source node -> split -> where reading goes on. */
  sources: z.array(z.tuple([z.number().int(), z.array(z.tuple([z.number().int(), PositionJson]))])),
  counts: z.record(z.string(), z.number()),
  /** Sink node -> its blocks. */
  sinks: z.array(z.tuple([z.number().int(), z.array(z.object({ rows: z.number().int(), bytes: z.number().int() }))])),
});

export type Positions = ReadonlyMap<number, ReadonlyMap<number, Position>>;

/** What a checkpoint of a run holds: where to read on, the operators' state or its changes, and the rows that came out since the one before. */
export interface StreamCheckpoint {
  readonly run: string;
  readonly epoch: number;
  /** Dense and growing over all epochs of a run, from 1. */
  readonly number: number;
  readonly at: string;
  readonly positions: Positions;
  /** `changes`: since the checkpoint before. */
  readonly state: { readonly kind: 'full' | 'changes'; readonly bytes: Uint8Array };
  /** Figures of the run up to here (rows written, ...). */
  readonly counts: Readonly<Record<string, number>>;
  readonly blocks: ReadonlyMap<number, readonly Block[]>;
}

/** The digit is the format's version. */
const MAGIC = Buffer.from('HERMESCKP2\n');
const FAMILY = 'HERMESCKP';

/** One file: magic, length of the header, header (JSON), state, blocks, CRC-32 of all before it. */
export const STREAM_CHECKPOINTS: CheckpointCodec<StreamCheckpoint> = {
  encode(checkpoint) {
    const { positions, state, blocks, ...rest } = checkpoint;
    const header = Buffer.from(
      JSON.stringify({
        ...rest,
        state: state.kind,
        stateBytes: state.bytes.length,
        sources: [...positions].map(([node, splits]) => [node, [...splits]]),
        sinks: [...blocks].map(([node, each]) => [
          node,
          each.map(({ rows, bytes }) => ({ rows, bytes: bytes.length })),
        ]),
      } satisfies z.infer<typeof Header>),
    );
    const length = Buffer.alloc(4);
    length.writeUInt32LE(header.length);
    const parts = [MAGIC, length, header, state.bytes, ...[...blocks.values()].flat().map(({ bytes }) => bytes)];
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(parts.reduce((crc, part) => crc32(part, crc), 0));
    return Buffer.concat([...parts, sum]);
  },
  decode(bytes) {
    const body = bytes.subarray(0, -4);
    const magic = body.subarray(0, MAGIC.length);
    if (bytes.length < MAGIC.length + 8 || !magic.toString('latin1').startsWith(FAMILY))
      throw new Error('the file is not a checkpoint');
    if (!magic.equals(MAGIC)) throw new Error('they were made by another version of Hermes, in another format');
    if (crc32(body) !== bytes.readUInt32LE(bytes.length - 4))
      throw new Error('the checkpoint is damaged: its sum does not match');
    let at = MAGIC.length + 4;
    const take = (length: number): Buffer => body.subarray(at, (at += length));
    const header = Header.parse(JSON.parse(take(body.readUInt32LE(MAGIC.length)).toString()));
    const { state, stateBytes, sources, sinks, ...rest } = header;
    return {
      ...rest,
      state: { kind: state, bytes: take(stateBytes) },
      positions: new Map(sources.map(([node, splits]) => [node, new Map(splits)])),
      blocks: new Map(
        sinks.map(([node, each]) => [node, each.map(({ rows, bytes: length }) => ({ rows, bytes: take(length) }))]),
      ),
    };
  },
  isBase: ({ state }) => state.kind === 'full',
};
