import { connect, type Socket } from 'node:net';
import type { Writer } from '@platformatic/kafka';
import { WireError } from '../wire.ts';
import { type Address, CONNECT_WITHIN_MS } from './links.ts';

/** Of an answer: its length (int32), which is not counted in it. */
const LENGTH_BYTES = 4;
/** More than brokers let be written at once; what says to be longer speaks another protocol. */
const LONGEST_ANSWER_BYTES = 0x1000_0000;

/** An answer of `length` bytes, its header (with tagged fields) included, at the beginning of `bytes`. */
export interface RawAnswer {
  readonly bytes: Buffer;
  readonly length: number;
}

interface Waiting {
  readonly correlationId: number;
  readonly timer: NodeJS.Timeout;
  resolve(answer: RawAnswer): void;
  reject(error: WireError): void;
}

export interface AnswerSocketOptions {
  readonly clientId: string;
  readonly requestTimeoutMs: number;
  /** Memory for an answer of so many bytes. */
  readonly take: (length: number) => Buffer;
  /** The connection is of no use any more. */
  readonly onBroken: () => void;
}

/**
 * A connection to a broker whose answers the kernel writes straight into memory of the caller's. A stream's own chunks would be memory that the
 * collector has to find out about: a full collection for each 30 MB that is read, in the middle of a state of gigabytes.
 */
export class AnswerSocket {
  readonly #socket: Socket;
  readonly #options: AnswerSocketOptions;
  readonly #lengthBytes = Buffer.alloc(LENGTH_BYTES);
  /** In the order of their requests, which is the order of Kafka's answers. */
  readonly #waiting: Waiting[] = [];
  #correlationId = 0;
  /** Where the bytes go that come next: the length of an answer, or the answer. */
  #target: Buffer = this.#lengthBytes;
  #wanted = LENGTH_BYTES;
  #filled = 0;
  #closed = false;

  /** Resolves when connected; rejects with a WireError `NETWORK`. */
  static async connect(address: Address, options: AnswerSocketOptions): Promise<AnswerSocket> {
    const made = new AnswerSocket(address, options);
    await made.#connected(address);
    return made;
  }

  private constructor(address: Address, options: AnswerSocketOptions) {
    this.#options = options;
    this.#socket = connect({
      ...address,
      noDelay: true,
      onread: {
        buffer: () => this.#target.subarray(this.#filled, this.#wanted),
        callback: (count) => this.#arrived(count),
      },
    });
  }

  /** Sends a request whose header and answer's header have tagged fields; rejects with a WireError `NETWORK` when no answer came. */
  request(apiKey: number, apiVersion: number, payload: Writer): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new WireError('NETWORK', 'The connection was closed'));
        return;
      }
      const correlationId = (this.#correlationId = (this.#correlationId + 1) | 0);
      const timer = setTimeout(
        () => this.#break(`No answer within ${this.#options.requestTimeoutMs} ms`),
        this.#options.requestTimeoutMs,
      );
      this.#waiting.push({ correlationId, timer, resolve, reject });
      const header = requestHeader(apiKey, apiVersion, correlationId, this.#options.clientId, payload.length);
      this.#socket.write(Buffer.concat([header, payload.buffer]));
    });
  }

  close(): void {
    this.#break('The connection was closed');
  }

  #connected({ host, port }: Address): Promise<void> {
    const socket = this.#socket;
    return new Promise((resolve, reject) => {
      let why = `Connection to ${host}:${port} failed`;
      socket.setTimeout(CONNECT_WITHIN_MS, () =>
        socket.destroy(new Error(`no connection within ${CONNECT_WITHIN_MS} ms`)),
      );
      socket.once('connect', () => {
        socket.setTimeout(0);
        resolve();
      });
      socket.on('error', (error) => (why = `${why}: ${error.message}`));
      socket.once('close', () => {
        this.#break(why);
        reject(new WireError('NETWORK', why));
      });
    });
  }

  #arrived(count: number): boolean {
    if (this.#closed) return false;
    this.#filled += count;
    if (this.#filled < this.#wanted) return true;
    const target = this.#target;
    const length = this.#wanted;
    this.#filled = 0;
    if (target === this.#lengthBytes) {
      this.#wanted = target.readInt32BE(0);
      if (this.#wanted < LENGTH_BYTES || this.#wanted > LONGEST_ANSWER_BYTES)
        this.#break(`An answer of ${this.#wanted} bytes is none of Kafka's`);
      else this.#target = this.#options.take(this.#wanted);
      return true;
    }
    this.#target = this.#lengthBytes;
    this.#wanted = LENGTH_BYTES;
    this.#answered(target, length);
    return true;
  }

  #answered(bytes: Buffer, length: number): void {
    const asked = this.#waiting.shift();
    const correlationId = bytes.readInt32BE(0);
    if (asked?.correlationId !== correlationId) {
      if (asked !== undefined) this.#waiting.unshift(asked);
      this.#break(`An answer to ${correlationId} came, ${asked?.correlationId ?? 'nothing'} was asked`);
      return;
    }
    clearTimeout(asked.timer);
    asked.resolve({ bytes, length });
  }

  #break(why: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.destroy();
    for (const { timer, reject } of this.#waiting.splice(0)) {
      clearTimeout(timer);
      reject(new WireError('NETWORK', why));
    }
    this.#options.onBroken();
  }
}

/** Length and header (version 2) of a request. */
function requestHeader(
  apiKey: number,
  apiVersion: number,
  correlationId: number,
  clientId: string,
  payloadLength: number,
): Buffer {
  const client = Buffer.from(clientId);
  const header = Buffer.alloc(LENGTH_BYTES + 11 + client.length);
  header.writeInt32BE(header.length - LENGTH_BYTES + payloadLength, 0);
  header.writeInt16BE(apiKey, 4);
  header.writeInt16BE(apiVersion, 6);
  header.writeInt32BE(correlationId, 8);
  header.writeInt16BE(client.length, 12);
  client.copy(header, 14);
  // No tagged fields: the zero that the buffer has.
  return header;
}
