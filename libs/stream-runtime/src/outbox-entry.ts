/** A message in a partition's outbox: its sequence never changes, however often it is sent. */
export interface OutboxMessage {
  readonly sequence: number;
  readonly topic: string;
  readonly partition?: number;
  readonly key: Buffer | string | null;
  readonly value: Buffer | string | null;
  readonly headers: Readonly<Record<string, Buffer | string>>;
  readonly timestampMs?: number;
}

interface Head {
  readonly s: number;
  readonly t: string;
  readonly p?: number;
  /** Key as text, or `kb` as base64; neither means no key. */
  readonly k?: string;
  readonly kb?: string;
  readonly h?: Readonly<Record<string, string>>;
  /** Headers that are not text, base64. */
  readonly hb?: Readonly<Record<string, string>>;
  readonly ts?: number;
  /** 1: the value is null. */
  readonly n?: 1;
}

const FORMAT = 1;

/** Bytes of an entry: format (1), length of the head (4, big endian), head as JSON, the value as it is. */
export function encodeOutboxMessage(message: OutboxMessage): Buffer {
  let texts: Record<string, string> | undefined;
  let binaries: Record<string, string> | undefined;
  for (const [name, value] of Object.entries(message.headers)) {
    if (typeof value === 'string') (texts ??= {})[name] = value;
    else (binaries ??= {})[name] = value.toString('base64');
  }
  const head: Head = {
    s: message.sequence,
    t: message.topic,
    ...(message.partition === undefined ? {} : { p: message.partition }),
    ...(message.key === null
      ? {}
      : typeof message.key === 'string'
        ? { k: message.key }
        : { kb: message.key.toString('base64') }),
    ...(texts === undefined ? {} : { h: texts }),
    ...(binaries === undefined ? {} : { hb: binaries }),
    ...(message.timestampMs === undefined ? {} : { ts: message.timestampMs }),
    ...(message.value === null ? { n: 1 as const } : {}),
  };
  const json = JSON.stringify(head);
  const headLength = Buffer.byteLength(json);
  const value = message.value ?? '';
  const valueLength = typeof value === 'string' ? Buffer.byteLength(value) : value.length;
  const bytes = Buffer.allocUnsafe(5 + headLength + valueLength);
  bytes[0] = FORMAT;
  bytes.writeUInt32BE(headLength, 1);
  bytes.write(json, 5);
  if (typeof value === 'string') bytes.write(value, 5 + headLength);
  else value.copy(bytes, 5 + headLength);
  return bytes;
}

/** @throws Error on another format than the one written here */
export function decodeOutboxMessage(bytes: Buffer): OutboxMessage {
  if (bytes[0] !== FORMAT)
    throw new Error(`an outbox entry has format ${bytes[0]}, this build knows ${FORMAT}: run the newer build`);
  const headLength = bytes.readUInt32BE(1);
  const head = JSON.parse(bytes.toString('utf8', 5, 5 + headLength)) as Head;
  const headers: Record<string, Buffer | string> = { ...head.h };
  for (const [name, value] of Object.entries(head.hb ?? {})) headers[name] = Buffer.from(value, 'base64');
  return {
    sequence: head.s,
    topic: head.t,
    ...(head.p === undefined ? {} : { partition: head.p }),
    key: head.kb === undefined ? (head.k ?? null) : Buffer.from(head.kb, 'base64'),
    value: head.n === 1 ? null : bytes.subarray(5 + headLength),
    headers,
    ...(head.ts === undefined ? {} : { timestampMs: head.ts }),
  };
}
