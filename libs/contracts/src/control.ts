import { z } from 'zod';
import { ProjectId } from './identifiers.ts';

/** What a data-plane key may do. */
export const KeyScope = z.enum(['events:write', 'events:read', 'profiles:read', 'profiles:write', 'alerts:read']);
export type KeyScope = z.infer<typeof KeyScope>;

/** A member's role in a project, weakest first; `operator` is a role on the platform. */
export const Role = z.enum(['viewer', 'editor', 'approver', 'owner']);
export type Role = z.infer<typeof Role>;

export const ProjectRecord = z.object({
  kind: z.literal('project'),
  id: ProjectId,
  name: z.string().min(1).max(100),
  /** IANA name; months, calendar windows and 'yesterday' follow it. */
  timeZone: z.string(),
  /** ISO 4217 code. */
  currency: z.string().length(3),
  /** Partitions of the project's topics; never changes. */
  partitions: z.number().int().min(1).max(256),
  /** How long ingest remembers (source, id). */
  dedupWindowMs: z.number().int().positive(),
  createdAt: z.iso.datetime(),
});
export type ProjectRecord = z.infer<typeof ProjectRecord>;

export const KeyRecord = z.object({
  kind: z.literal('key'),
  /** The public part of the key: `hk_<id>_<secret>`. */
  id: z.string(),
  project: ProjectId,
  name: z.string(),
  scopes: z.array(KeyScope),
  /** SHA-256 of the whole key, hex. */
  sha256: z.string().length(64),
  createdAt: z.iso.datetime(),
  /** For `profiles:read` and `profiles:write`: the feature ids that the key may see; without it, all and the activity. */
  features: z.array(z.string()).optional(),
  /** For `profiles:read`: profiles that the key may read a minute; without it, any number. */
  readsPerMinute: z.number().int().positive().optional(),
});
export type KeyRecord = z.infer<typeof KeyRecord>;

/** The public half of the key with which the console signs people's tokens (EdDSA). */
export const SigningKeyRecord = z.object({
  kind: z.literal('signing-key'),
  id: z.string(),
  jwk: z.record(z.string(), z.unknown()),
});
export type SigningKeyRecord = z.infer<typeof SigningKeyRecord>;

export const ControlRecord = z.discriminatedUnion('kind', [ProjectRecord, KeyRecord, SigningKeyRecord]);
export type ControlRecord = z.infer<typeof ControlRecord>;

/** Key of a record on `hermes.control`; a tombstone (null value) deletes the project, revokes the key. */
export const controlKey = (record: ControlRecord): string => `${record.kind}/${record.id}`;

/** Claims of the 5-minute token of a person's call; `iss` is `hermes-console`. */
export const TokenClaims = z.object({
  sub: z.string(),
  email: z.string(),
  /** Role by project id. */
  roles: z.record(z.string(), Role),
  /** True for platform operators: they see every project and the platform's own alerts. */
  operator: z.boolean(),
});
export type TokenClaims = z.infer<typeof TokenClaims>;
export const TOKEN_ISSUER = 'hermes-console';
export const TOKEN_LIFETIME_S = 300;

/** Issuer of the 60-second token with which one service reads another's API; signed with the platform's service secret (HS256). */
export const SERVICE_TOKEN_ISSUER = 'hermes-service';
export const SERVICE_TOKEN_LIFETIME_S = 60;
