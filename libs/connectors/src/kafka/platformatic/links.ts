import {
  Connection,
  NetworkError,
  ResponseError,
  TimeoutError,
  UnexpectedCorrelationIdError,
} from '@platformatic/kafka';
import { WireError } from '../wire.ts';

export const CONNECT_WITHIN_MS = 3_000;

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, port 9092 when left out. */
export function parseAddress(broker: string): Address {
  const at = broker.lastIndexOf(':');
  const port = at < 0 ? 9092 : Number(broker.slice(at + 1));
  if (!Number.isInteger(port) || port <= 0) throw new RangeError(`Not a broker address (host:port): ${broker}`);
  return { host: at < 0 ? broker : broker.slice(0, at), port };
}

/** Opens a connection; `onBroken` is called when it is of no use any more. */
type Open<C> = (address: Address, onBroken: () => void) => Promise<C>;

/** One connection per address, made when first needed and made again after it broke. */
export class Links<C extends { close(): unknown } = Connection> {
  readonly #open: Open<C>;
  readonly #links = new Map<string, Promise<C>>();
  #closed = false;

  constructor(open: Open<C>) {
    this.#open = open;
  }

  async to(address: Address): Promise<C> {
    if (this.#closed) throw new WireError('NETWORK', 'The connection was closed');
    const key = `${address.host}:${address.port}`;
    const known = this.#links.get(key);
    if (known !== undefined) return await known;
    const link = this.#open(address, () => {
      if (this.#links.get(key) === link) this.#links.delete(key);
    });
    this.#links.set(key, link);
    return await link;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const links = [...this.#links.values()];
    this.#links.clear();
    await Promise.all(links.map(async (link) => (await link.catch(() => undefined))?.close()));
  }
}

/** The library's own connections. */
export function libraryLinks(clientId: string, requestTimeoutMs: number): Links {
  return new Links(async (address, onBroken) => {
    const connection = new Connection(clientId, {
      connectTimeout: CONNECT_WITHIN_MS,
      requestTimeout: requestTimeoutMs,
      maxInflights: 50,
    });
    // An error ends the requests under way by itself; the event needs a listener, or it would end the process.
    connection.on('error', onBroken);
    connection.on('close', onBroken);
    try {
      await connection.connect(address.host, address.port);
      return connection;
    } catch (error) {
      onBroken();
      // Refused, timed out, or another protocol (TLS) on that port: in each case there is no connection, and one may come.
      const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
      const message = error instanceof Error ? error.message : String(error);
      throw new WireError('NETWORK', `${message}${cause}`, { cause: error });
    }
  });
}

/** The answer, or a WireError. What is neither an answer nor a broken connection is a defect and passes as it is. */
export async function answerOf<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    throw toWireError(error);
  }
}

/** As `answerOf`, but an answer that holds errors (each beside the partition or topic it belongs to) is an answer too. */
export async function answerWithErrors<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof ResponseError) return error['response'] as T;
    throw toWireError(error);
  }
}

export function toWireError(error: unknown): unknown {
  if (error instanceof WireError) return error;
  if (error instanceof ResponseError) {
    const first: { apiId?: string; message?: string; memberId?: string } | undefined = error.errors[0];
    const code = first?.apiId ?? 'UNKNOWN_SERVER_ERROR';
    const memberId = first?.memberId;
    return new WireError(code, first?.message ?? error.message, {
      cause: error,
      ...(memberId === undefined ? {} : { memberId }),
    });
  }
  if (error instanceof NetworkError || error instanceof TimeoutError || error instanceof UnexpectedCorrelationIdError) {
    const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
    return new WireError('NETWORK', `${error.message}${cause}`, { cause: error });
  }
  return error;
}
