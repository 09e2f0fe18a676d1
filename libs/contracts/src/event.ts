import { z } from 'zod';
import { EventTypeName, ProjectId, Subject } from './identifiers.ts';

const Instant = z.iso.datetime({ offset: true });

/**
 * An event as a client sends it: CloudEvents 1.0, structured JSON. `time` defaults to the instant of receipt.
 * Source: CloudEvents 1.0.2, sections 3.1 (attributes) and its JSON format.
 */
export const IncomingEvent = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(256),
  source: z.string().min(1).max(512),
  type: EventTypeName,
  subject: Subject,
  time: Instant.optional(),
  datacontenttype: z.literal('application/json').optional(),
  data: z.record(z.string(), z.unknown()),
});
export type IncomingEvent = z.infer<typeof IncomingEvent>;

/**
 * An event inside Hermes. (project, source, id) is unique. `time` and `receivedat` are ISO 8601 in UTC with
 * milliseconds; `receivedat` is set by ingest, and latency is measured from it.
 */
export const HermesEvent = z.object({
  specversion: z.literal('1.0'),
  id: z.string(),
  source: z.string(),
  type: EventTypeName,
  subject: Subject,
  time: z.iso.datetime(),
  project: ProjectId,
  receivedat: z.iso.datetime(),
  /**
   * Only of an event that a rule emitted: 1, or one more than that of the event on which it did (decision 0175). An extension attribute of
   * CloudEvents; nobody sets it over HTTP.
   */
  hermesdepth: z.number().int().positive().optional(),
  data: z.record(z.string(), z.unknown()),
});
export type HermesEvent = z.infer<typeof HermesEvent>;

/** Kafka headers of `<project>.inbox` and `<project>.events`, so that a reader skips what it does not want without parsing. */
export const EVENT_HEADERS = {
  type: 'ce_type',
  source: 'ce_source',
  id: 'ce_id',
  receivedAt: 'ce_receivedat',
  /** ISO 8601 instant at which ingest's processor accepted the event (set on `<project>.events` only). */
  acceptedAt: 'hermes_acceptedat',
} as const;

/** Headers that the outbox sets on everything it sends: readers keep the highest sequence per origin and drop repeats. */
export const OUTBOX_HEADERS = {
  /** `<job>/<project>/<origin partition>/<incarnation of its state>` */
  origin: 'hermes_origin',
  /** Dense decimal number per origin, from 1. */
  sequence: 'hermes_sequence',
} as const;

/** Headers of dead-letter topics; the value is the record as it came. */
export const DEAD_LETTER_HEADERS = {
  code: 'hermes_code',
  reason: 'hermes_reason',
  /** `<topic>/<partition>/<offset>` of the record, or `http` when it was refused at the door. */
  from: 'hermes_from',
  at: 'hermes_at',
} as const;
