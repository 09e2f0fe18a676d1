import { z } from 'zod';
import { Rule, RuleDraft } from './rule.ts';

/** Something about a rule that a person is told, in the language of the request; `pointer` is a JSON pointer into the draft. */
export const RuleRemark = z.object({
  pointer: z.string(),
  /** Stable, kebab-case. */
  code: z.string(),
  message: z.string(),
});
export type RuleRemark = z.infer<typeof RuleRemark>;

/** What a POST or a PUT of a rule answers: the rule in force, and what looks like a mistake in it but is allowed. */
export const SavedRule = Rule.extend({ warnings: z.array(RuleRemark) });
export type SavedRule = z.infer<typeof SavedRule>;

/** About how large the state gets that a feature of a rule needs. */
export const RuleStateSize = z.object({
  feature: z.string(),
  windowDays: z.number(),
  keys: z.number().int(),
  /** How many there are is not known: not more than this. */
  keysAreAtMost: z.boolean(),
  bytesPerKey: z.number().int(),
  bytes: z.number(),
});
export type RuleStateSize = z.infer<typeof RuleStateSize>;

/** `POST /v1/projects/:p/rules/check`: what saving a draft would say. */
export const RuleCheck = z.object({
  /** Because of which it would be refused. */
  problems: z.array(RuleRemark),
  warnings: z.array(RuleRemark),
  /** Of the features of which it can be said, by how many events there were lately. */
  state: z.array(RuleStateSize).optional(),
});
export type RuleCheck = z.infer<typeof RuleCheck>;

/** `GET|PUT /v1/projects/:p/rule-settings`. */
export const RuleSettings = z.strictObject({
  /** A rule is published only when another person than its last editor has approved it. */
  fourEyes: z.boolean(),
});
export type RuleSettings = z.infer<typeof RuleSettings>;

/** Of the draft as it is; a change of the draft ends it. */
export const RuleApproval = z.object({ by: z.string(), at: z.iso.datetime() });

/** A draft that is to be published by itself. */
export const RuleSchedule = z.object({
  ruleId: z.string(),
  at: z.iso.datetime(),
  /** Of the draft that was scheduled: no other is published. */
  hash: z.string(),
  by: z.string(),
  scheduledAt: z.iso.datetime(),
  state: z.enum(['waiting', 'failed']),
  /** Why it could not be published at its time; null while it waits. */
  reason: z.string().nullable(),
});
export type RuleSchedule = z.infer<typeof RuleSchedule>;
/** `GET /v1/projects/:p/rule-schedules`, the next one first. */
export const RuleSchedules = z.object({ schedules: z.array(RuleSchedule) });

/** `GET /v1/projects/:p/rules/:id/draft`. Its ETag changes with the draft. */
export const RuleDraftView = z.object({
  ruleId: z.string(),
  draft: RuleDraft,
  /** Of the draft and of what it is based on; an approval names it. */
  hash: z.string(),
  /** The rule's newest version when the draft was saved; null when there was none. */
  basedOn: z.number().int().positive().nullable(),
  savedBy: z.string(),
  savedAt: z.iso.datetime(),
  approvals: z.array(RuleApproval),
  schedule: RuleSchedule.nullable(),
  /** What still keeps it from being published; empty when nothing does. */
  problems: z.array(RuleRemark),
});
export type RuleDraftView = z.infer<typeof RuleDraftView>;
/** `GET /v1/projects/:p/rule-drafts`, by id. */
export const RuleDrafts = z.object({ drafts: z.array(RuleDraftView) });

/** Body of `POST /v1/projects/:p/rules/:id/draft/approve`. */
export const RuleApprovalBody = z.strictObject({
  /** Of the draft that was read. */
  hash: z.string().regex(/^[0-9a-f]{64}$/, 'the hash of the draft that you have read'),
});

/** Body of `POST /v1/projects/:p/rules/:id/publish`. */
export const RulePublishBody = z.strictObject({
  /** Without it at once. */
  at: z.iso.datetime({ offset: true }).optional(),
});

/** One version, in or out of force; one that ended in the shadow never was in it. */
export const RuleVersion = z.object({
  version: z.number().int().positive(),
  publishedAt: z.iso.datetime(),
  publishedBy: z.string(),
  approvedBy: z.array(z.string()),
  /** The version whose content was published again; null when it was a draft. */
  rolledBackTo: z.number().int().positive().nullable(),
  /** In words, what it changes; null for versions from before there were summaries. */
  summary: z.string().nullable(),
  /** Where it began in the shadow of the version that was in force: what has become of that. null: it did not. */
  shadow: z.enum(['running', 'promoted', 'ended']).nullable(),
});
export type RuleVersion = z.infer<typeof RuleVersion>;
/** `GET /v1/projects/:p/rules/:id/versions`, newest first. */
export const RuleVersions = z.object({ versions: z.array(RuleVersion) });
/** `GET /v1/projects/:p/rules/:id/versions/:v`. */
export const RuleVersionView = RuleVersion.extend({ rule: Rule });
export type RuleVersionView = z.infer<typeof RuleVersionView>;

/** A rule that is out of force, with the content of its newest version. */
export const ArchivedRule = Rule.extend({ archivedAt: z.iso.datetime() });
export type ArchivedRule = z.infer<typeof ArchivedRule>;

export const RuleChange = z.enum([
  'draft-saved',
  'draft-deleted',
  'approved',
  'published',
  'scheduled',
  'schedule-cancelled',
  'schedule-failed',
  'rolled-back',
  'shadow-started',
  'shadow-ended',
  'promoted',
  'archived',
  'settings-changed',
  'snoozed',
  'snooze-ended',
  'list-saved',
  'list-entries-changed',
  'list-deleted',
  'condition-saved',
  'condition-deleted',
  'released',
  'refused',
  'lookup-saved',
  'lookup-deleted',
]);
export type RuleChange = z.infer<typeof RuleChange>;

/** What a change is of. */
export const RuleAuditKind = z.enum(['rule', 'settings', 'list', 'condition', 'lookup']);
export type RuleAuditKind = z.infer<typeof RuleAuditKind>;

/** One change of a rule, of what rules ask or look up with, or of the project's settings. */
export const RuleAuditLine = z.object({
  kind: RuleAuditKind,
  /** Of the rule, the list, the condition, the lookup. */
  id: z.string(),
  /** null for a change of anything but a rule. */
  ruleId: z.string().nullable(),
  at: z.iso.datetime(),
  /** A person's e-mail, `service:<name>`. */
  by: z.string(),
  what: RuleChange,
  /** The published version that the change is about. */
  version: z.number().int().positive().nullable(),
  /** A draft, a schedule (`at`, `hash`), a decision that was released or refused (`decisionId`), settings, or what is to be told of a list, as they were and as they are; null where there was or is none. */
  before: z.unknown(),
  after: z.unknown(),
  note: z.string().nullable(),
});
export type RuleAuditLine = z.infer<typeof RuleAuditLine>;
/** `GET /v1/projects/:p/rules/:id/audit`, `GET /v1/projects/:p/rule-audit`, newest first. */
export const RuleAudit = z.object({ audit: z.array(RuleAuditLine) });
