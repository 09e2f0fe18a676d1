import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { StreamPlan } from '@hermes/stream-sql/planner/plan';
import { z } from 'zod';
import { PositionJson, type Positions } from '../worker/stream-checkpoint.ts';

const PLAN_FORMAT = 2;

const Header = z.object({
  id: z.string(),
  job: z.string(),
  version: z.number().int(),
  run: z.string(),
  checkpoint: z.number().int(),
  at: z.string(),
  by: z.string(),
  /** What the state and the positions are of: it says where they fit in another plan. */
  plan: z.custom<StreamPlan>((value) => (value as StreamPlan | null)?.formatVersion === PLAN_FORMAT, {
    error: 'its plan was made by another version of Hermes, in another format',
  }),
  /** Nodes of the plan that hold state. */
  holding: z.array(z.number().int()),
  sources: z.array(z.tuple([z.number().int(), z.array(z.tuple([z.number().int(), PositionJson]))])),
  counts: z.record(z.string(), z.number()),
  stateBytes: z.number().int(),
});

/** What is known of a savepoint without its state. */
export type SavepointHeader = Omit<z.infer<typeof Header>, 'sources' | 'stateBytes'>;

/** All that a run was at one instant, after every row of before was acknowledged: there is nothing left to deliver. */
export interface SavepointFile extends SavepointHeader {
  readonly positions: Positions;
  /** Whole. */
  readonly state: Uint8Array;
}

/** The digit is the format's version. */
const MAGIC = Buffer.from('HERMESSVP1\n');
const FAMILY = 'HERMESSVP';
const LEAD_BYTES = MAGIC.length + 4;

/** One file: magic, length of the header, header (JSON), state, CRC-32 of all before it. */
export function encodeSavepoint({ positions, state, ...rest }: SavepointFile): Buffer {
  const header = Buffer.from(
    JSON.stringify({
      ...rest,
      sources: [...positions].map(([node, splits]) => [node, [...splits]]),
      stateBytes: state.length,
    } satisfies z.infer<typeof Header>),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const parts = [MAGIC, length, header, state];
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(parts.reduce((crc, part) => crc32(part, crc), 0));
  return Buffer.concat([...parts, sum]);
}

/** @throws Error on bytes that are no whole savepoint of this version */
export function decodeSavepoint(bytes: Buffer): SavepointFile {
  const headerBytes = headerLength(bytes);
  if (crc32(bytes.subarray(0, -4)) !== bytes.readUInt32LE(bytes.length - 4))
    throw new Error('the savepoint is damaged: its sum does not match');
  const { sources, stateBytes, ...rest } = headerOf(bytes.subarray(LEAD_BYTES, LEAD_BYTES + headerBytes));
  const begin = LEAD_BYTES + headerBytes;
  return {
    ...rest,
    positions: new Map(sources.map(([node, splits]) => [node, new Map(splits)])),
    state: bytes.subarray(begin, begin + stateBytes),
  };
}

/** Reads what stands before the state. @throws Error on a file that is no savepoint of this version; ENOENT */
export async function readSavepointHeader(path: string): Promise<{ header: SavepointHeader; bytes: number }> {
  const file = await open(path, 'r');
  try {
    const lead = Buffer.alloc(LEAD_BYTES);
    await file.read(lead, 0, LEAD_BYTES, 0);
    const text = Buffer.alloc(headerLength(lead));
    await file.read(text, 0, text.length, LEAD_BYTES);
    const { sources: _sources, stateBytes: _stateBytes, ...header } = headerOf(text);
    return { header, bytes: (await file.stat()).size };
  } finally {
    await file.close();
  }
}

function headerLength(lead: Buffer): number {
  const magic = lead.subarray(0, MAGIC.length);
  if (!magic.toString('latin1').startsWith(FAMILY)) throw new Error('the file is not a savepoint');
  if (!magic.equals(MAGIC)) throw new Error('it was made by another version of Hermes, in another format');
  return lead.readUInt32LE(MAGIC.length);
}

function headerOf(text: Buffer): z.infer<typeof Header> {
  const parsed = Header.safeParse(JSON.parse(text.toString()));
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues[0]?.message ?? 'its header cannot be read');
}
