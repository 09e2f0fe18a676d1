import { z } from 'zod';

/** A lookup's name in rules: `credit`. */
export const LookupId = z
  .string()
  .regex(
    /^[a-z][a-z0-9_-]{0,63}$/,
    'a lookup id is 1 to 64 characters: lower-case letters, digits, "_" and "-", a letter first, for example "credit_score"',
  );

/** A longer text is asked of nobody. */
export const MAX_LOOKUP_KEY_LENGTH = 256;
/** Bytes of JSON: what is more than that is no answer to a question, but a document. */
export const MAX_LOOKUP_ANSWER_BYTES = 16_384;
const MAX_FALLBACK_BYTES = 1_024;

const oneKey = (text: string): boolean => text.split('{key}').length === 2;

/** Whether the key changes the path or the query, and nothing else. */
function isUrlWithKey(text: string): boolean {
  const [one, other] = [URL.parse(text.replace('{key}', '0')), URL.parse(text.replace('{key}', '1'))];
  if (!oneKey(text) || one === null || other === null) return false;
  if (!/^https?:$/u.test(one.protocol) || one.username !== '' || one.password !== '') return false;
  return one.origin === other.origin && `${one.pathname}${one.search}` !== `${other.pathname}${other.search}`;
}

const common = {
  /** For people. */
  name: z.string().trim().min(1).max(200),
  /** So long an event waits for the answer at most. */
  timeoutMs: z.number().int().min(10).max(2_000).default(200),
  /** So long an answer is used again; 0: never. */
  cacheSeconds: z.number().int().min(0).max(86_400).default(60),
  /** What the fact is when there is no answer in time: any JSON. */
  fallback: z
    .json()
    .refine(
      (value) => JSON.stringify(value).length <= MAX_FALLBACK_BYTES,
      'a fallback has at most 1,024 characters of JSON',
    ),
};

/** A header of a request, in a form that every server takes. */
const HeaderValue = z
  .string()
  .max(4_096)
  .regex(/^[\t\x20-\x7e]*$/u, 'the value of a header is plain text without line breaks');

/** Asked by `GET`; 200 with JSON is the answer, 404: there is none. */
export const HttpLookup = z.strictObject({
  kind: z.literal('http'),
  ...common,
  /** `{key}` stands once for the key, in the path or the query. */
  url: z
    .string()
    .max(2_000)
    .refine(
      isUrlWithKey,
      'a lookup asks an http(s) address with "{key}" once in its path or query, without a password, for example "https://crm.example/customers/{key}"',
    ),
  /** Sent with each request; their values are secrets, and never answered. */
  headers: z.record(z.string().regex(/^[A-Za-z0-9-]{1,64}$/), HeaderValue).optional(),
});
export type HttpLookup = z.infer<typeof HttpLookup>;

/** Asked of a Redis that the operators have named. */
export const RedisLookup = z.strictObject({
  kind: z.literal('redis'),
  ...common,
  /** As the operators call it (`RULE_ENGINE_LOOKUP_SERVERS`). */
  server: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  /** `{key}` stands once for the key. */
  key: z.string().max(500).refine(oneKey, 'the key in Redis has "{key}" once, for example "customer:{key}"'),
  /** How the value is kept: a text, JSON, or a hash, whose fields are texts. */
  as: z.enum(['text', 'json', 'hash']).default('text'),
});
export type RedisLookup = z.infer<typeof RedisLookup>;

/** Where rules look something up that no event says, as a person writes it. */
export const LookupDraft = z.discriminatedUnion('kind', [HttpLookup, RedisLookup]);
export type LookupDraft = z.infer<typeof LookupDraft>;

/** In an answer, in place of what a header's value is. */
export const HIDDEN = '***';

const kept = {
  id: LookupId,
  project: z.string(),
  /** Counts its changes. */
  version: z.number().int().positive(),
  changedAt: z.iso.datetime(),
  changedBy: z.string(),
};

/** A lookup as it is answered: the values of headers are hidden. A change may leave them so. */
export const LookupView = z.discriminatedUnion('kind', [HttpLookup.extend(kept), RedisLookup.extend(kept)]);
export type LookupView = z.infer<typeof LookupView>;

/** A lookup as processors have it: `sealedHeaders` are the headers, encrypted. */
export const Lookup = z.discriminatedUnion('kind', [
  HttpLookup.omit({ headers: true }).extend({
    id: LookupId,
    version: kept.version,
    sealedHeaders: z.string().optional(),
  }),
  RedisLookup.extend({ id: LookupId, version: kept.version }),
]);
export type Lookup = z.infer<typeof Lookup>;

/** What a rule saw of a lookup, as its decision says it. */
export const LookupSeen = z.object({
  id: z.string(),
  /** Of the lookup; absent where it had none any more. */
  version: z.number().int().optional(),
  key: z.string(),
  /** Absent: there is none under the key. */
  value: z.unknown().optional(),
  /** `fallback`: there was no answer, and `reason` says why. */
  from: z.enum(['source', 'cache', 'fallback']),
  reason: z.string().optional(),
});
export type LookupSeen = z.infer<typeof LookupSeen>;
