import { openRedis } from '@hermes/connectors/redis/client';
import { type Lookup, MAX_LOOKUP_ANSWER_BYTES } from '@hermes/contracts/lookup';
import type { Redis } from 'ioredis';
import { jsonOf } from './http-source.ts';
import { type SourceAnswer, UnfitQuestion } from './lookup-source.ts';

type RedisLookup = Extract<Lookup, { readonly kind: 'redis' }>;

const MISSING: SourceAnswer = { kind: 'missing' };

/** Asks the servers that the operators have named, and no others: whoever writes a lookup must not reach what stands beside them. */
export class RedisSource {
  /** URL by name. */
  private readonly servers: Readonly<Record<string, string>>;
  private readonly clients = new Map<string, Redis>();

  constructor(servers: Readonly<Record<string, string>>) {
    this.servers = servers;
  }

  get names(): readonly string[] {
    return Object.keys(this.servers);
  }

  /** Its time limit is the caller's: a command that is under way ends by itself. */
  async ask(lookup: RedisLookup, key: string): Promise<SourceAnswer> {
    const redis = this.client(lookup.server);
    const name = lookup.key.replace('{key}', () => key);
    if (lookup.as === 'hash') {
      const fields = await redis.hgetall(name);
      if (Object.keys(fields).length === 0) return MISSING;
      return { kind: 'found', value: fields, bytes: shortEnough(JSON.stringify(fields)) };
    }
    const text = await redis.get(name);
    if (text === null) return MISSING;
    const bytes = shortEnough(text);
    return { kind: 'found', value: lookup.as === 'json' ? jsonOf(text) : text, bytes };
  }

  close(): void {
    for (const client of this.clients.values()) client.disconnect();
  }

  private client(name: string): Redis {
    let client = this.clients.get(name);
    if (client === undefined) {
      const url = Object.hasOwn(this.servers, name) ? this.servers[name] : undefined;
      if (url === undefined)
        throw new Error(`the operators have named no server "${name}" (RULE_ENGINE_LOOKUP_SERVERS)`);
      client = openRedis(url, { commandTimeoutMs: 2_000, connectionName: 'hermes-rule-lookups', offlineQueue: true });
      this.clients.set(name, client);
    }
    return client;
  }
}

/** How long it is. @throws UnfitQuestion for what is no answer, but a document */
function shortEnough(text: string): number {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_LOOKUP_ANSWER_BYTES)
    throw new UnfitQuestion(`its answer has more than ${String(MAX_LOOKUP_ANSWER_BYTES)} bytes`);
  return bytes;
}
