import { publicLookup, refusedHost } from '@hermes/connectors/http/private-addresses';
import { type Lookup, MAX_LOOKUP_ANSWER_BYTES } from '@hermes/contracts/lookup';
import { Agent, request } from 'undici';
import { type SourceAnswer, UnfitQuestion } from './lookup-source.ts';
import type { HeaderSeal } from './sealed-headers.ts';

type HttpLookup = Extract<Lookup, { readonly kind: 'http' }>;

const LONGEST_MS = 2_000;
/** Answers that say something of the source, or of how it is asked, and not of the key: credentials, and that it is too busy. */
const OF_THE_SOURCE: ReadonlySet<number> = new Set([401, 403, 407, 408, 429]);

/** Asks over kept-alive connections. Redirects are not followed: an answer must not choose where we connect. */
export class HttpSource {
  private readonly seal: HeaderSeal;
  private readonly arePrivateAddressesAllowed: boolean;
  private readonly agent: Agent;

  constructor(seal: HeaderSeal, arePrivateAddressesAllowed: boolean) {
    this.seal = seal;
    this.arePrivateAddressesAllowed = arePrivateAddressesAllowed;
    this.agent = new Agent({
      keepAliveTimeout: 30_000,
      headersTimeout: LONGEST_MS,
      bodyTimeout: LONGEST_MS,
      connect: { timeout: LONGEST_MS, ...(arePrivateAddressesAllowed ? {} : { lookup: publicLookup }) },
    });
  }

  async ask(lookup: HttpLookup, key: string, signal: AbortSignal): Promise<SourceAnswer> {
    const url = urlOf(lookup, key);
    const refused = this.arePrivateAddressesAllowed ? undefined : refusedHost(url);
    if (refused !== undefined) throw new Error(refused);
    const headers = lookup.sealedHeaders === undefined ? {} : this.seal.open(lookup.sealedHeaders);
    if (headers === undefined) throw new Error('its headers were saved under another secret: save them again');
    const answer = await request(url, {
      headers: { accept: 'application/json', ...headers },
      dispatcher: this.agent,
      signal,
    });
    if (answer.statusCode !== 200) {
      await answer.body.dump({ limit: MAX_LOOKUP_ANSWER_BYTES }).catch(() => undefined);
      if (answer.statusCode === 404) return { kind: 'missing' };
      const reason = `it answered with status ${String(answer.statusCode)}`;
      const isOfTheKey = answer.statusCode >= 400 && answer.statusCode < 500 && !OF_THE_SOURCE.has(answer.statusCode);
      throw isOfTheKey ? new UnfitQuestion(reason) : new Error(reason);
    }
    const text = await textOf(answer.body);
    return { kind: 'found', value: jsonOf(text), bytes: text.length };
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }
}

/** @throws UnfitQuestion where the key is no text, or would lead to another place: an event must not choose what is asked */
function urlOf({ url }: HttpLookup, key: string): URL {
  if (key === '.' || key === '..' || !key.isWellFormed()) throw new UnfitQuestion('the key cannot stand in an address');
  return new URL(url.replace('{key}', () => encodeURIComponent(key)));
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.length;
    if (bytes > MAX_LOOKUP_ANSWER_BYTES)
      throw new UnfitQuestion(`its answer has more than ${String(MAX_LOOKUP_ANSWER_BYTES)} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** @throws Error in words for what is no JSON */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error('its answer is no JSON');
  }
}
