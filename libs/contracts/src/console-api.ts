import { z } from 'zod';
import { KeyRecord, KeyScope, ProjectRecord, Role } from './control.ts';
import { FeatureId } from './feature.ts';
import { ProjectId } from './identifiers.ts';

/** The header that every write to the console must carry; a foreign page cannot send it (CSRF). */
export const REQUEST_HEADER = 'x-hermes-request';

export const SignIn = z.strictObject({ email: z.string().min(1).max(254), password: z.string().min(1).max(1024) });
export type SignIn = z.infer<typeof SignIn>;

/** A project as its members see it. */
export const ProjectView = ProjectRecord.omit({ kind: true }).extend({
  /** The caller's role; operators are owners everywhere. */
  role: Role,
});
export type ProjectView = z.infer<typeof ProjectView>;

/** `POST|GET /api/session`. */
export const SessionView = z.object({
  user: z.object({ id: z.string(), email: z.string(), name: z.string(), operator: z.boolean() }),
  projects: z.array(ProjectView),
  expiresAt: z.iso.datetime(),
});
export type SessionView = z.infer<typeof SessionView>;

const knownTimeZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

/** Body of `POST /api/projects`. */
export const ProjectDraft = z.strictObject({
  id: ProjectId,
  name: z.string().trim().min(1).max(100),
  timeZone: z
    .string()
    .refine(knownTimeZone, 'give an IANA time zone, for example "Asia/Shanghai"')
    .default('Asia/Shanghai'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'give an ISO 4217 code, for example "CNY"')
    .default('CNY'),
  partitions: z.number().int().min(1).max(256).default(4),
  dedupWindowMs: z
    .number()
    .int()
    .min(60_000)
    .max(30 * 86_400_000)
    .default(86_400_000),
});
export type ProjectDraft = z.infer<typeof ProjectDraft>;

const PROFILE_SCOPES: readonly KeyScope[] = ['profiles:read', 'profiles:write'];

/** Body of `POST /api/projects/:p/keys`. */
export const KeyDraft = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    scopes: z.array(KeyScope).min(1),
    /** The features and attributes that the key may read and write; without it, all of them and the activity. */
    features: z
      .array(FeatureId)
      .min(1, 'name at least one feature, or leave "features" out for a key that may see all of them')
      .max(1_000, 'a key names at most 1,000 features; leave "features" out for a key that may see all of them')
      .optional(),
    /** Profiles that the key may read a minute; without it, any number. */
    readsPerMinute: z
      .int('a quota is a whole number of profiles a minute')
      .min(1, 'a quota is at least 1 profile a minute; a key that may read nothing needs no "profiles:read"')
      .max(10_000_000, 'a quota is at most 10,000,000 profiles a minute; leave "readsPerMinute" out for no quota')
      .optional(),
  })
  .refine(({ features, scopes }) => features === undefined || scopes.some((scope) => PROFILE_SCOPES.includes(scope)), {
    path: ['features'],
    message: 'features limit what a key sees of profiles; give it the scope "profiles:read" or "profiles:write" too',
  })
  .refine(({ readsPerMinute, scopes }) => readsPerMinute === undefined || scopes.includes('profiles:read'), {
    path: ['readsPerMinute'],
    message: 'a quota counts reads of profiles; give the key the scope "profiles:read" too',
  });
export type KeyDraft = z.infer<typeof KeyDraft>;

export const KeyView = KeyRecord.omit({ kind: true, sha256: true });
export type KeyView = z.infer<typeof KeyView>;

/** Answer of `POST /api/projects/:p/keys`: the only time that the key's text is shown. */
export const NewKey = KeyView.extend({ key: z.string() });
export type NewKey = z.infer<typeof NewKey>;

/** Body of `PUT /api/projects/:p/members/:email`; a person who is new also needs a first password. */
export const MemberDraft = z.strictObject({
  role: Role,
  name: z.string().trim().min(1).max(100).optional(),
  password: z.string().min(10, 'a password has at least 10 characters').max(1024).optional(),
});
export type MemberDraft = z.infer<typeof MemberDraft>;

export const MemberView = z.object({ id: z.string(), email: z.string(), name: z.string(), role: Role });
export type MemberView = z.infer<typeof MemberView>;

/** Deals and their value, a decimal string in the project's currency. */
const Amount = z.object({ deals: z.number().int(), value: z.string() });

/** One line of business over the buckets: `deals[i]` and `value[i]` belong to `buckets[i]`. */
export const LineSeries = z.object({ line: z.string(), deals: z.array(z.number().int()), value: z.array(z.number()) });
export type LineSeries = z.infer<typeof LineSeries>;

export const BucketUnit = z.enum(['minute', 'quarter', 'hour', 'day', 'month']);
export type BucketUnit = z.infer<typeof BucketUnit>;

/** Why the dashboard has nothing to draw. */
export const NotReadyReason = z.enum(['no-table', 'no-access', 'unreachable']);
export type NotReadyReason = z.infer<typeof NotReadyReason>;

/** `GET /api/projects/:p/transactions?minutes=|days=`; an event `transactions` of `/live` carries the same. */
export const Transactions = z.object({
  ready: z.boolean(),
  reason: NotReadyReason.nullable(),
  timeZone: z.string(),
  currency: z.string(),
  unit: BucketUnit,
  /** Starts of the buckets, in order, without gaps; the last one is still filling. */
  buckets: z.array(z.iso.datetime()),
  series: z.array(LineSeries),
  /** Business days begin at midnight in the project's time zone; the comparison ends at the same time of day. */
  today: Amount,
  yesterdayByNow: Amount,
  lastHour: Amount,
  hourBefore: Amount,
  /** Of the range. */
  total: Amount,
  /** By value in the range, largest first, at most eight. */
  districts: z.array(Amount.extend({ district: z.string(), averagePrice: z.string() })),
  /** Newest first, at most eight. */
  recent: z.array(
    z.object({
      id: z.string(),
      subject: z.string(),
      line: z.string(),
      district: z.string(),
      price: z.string(),
      areaM2: z.number(),
      time: z.iso.datetime(),
    }),
  ),
  /** Time of the newest deal of all; null when there is none. */
  newestAt: z.iso.datetime().nullable(),
});
export type Transactions = z.infer<typeof Transactions>;
