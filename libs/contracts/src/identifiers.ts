import { z } from 'zod';

/** A project (tenant) id: part of topic names, database names and consumer groups, so it is short and plain. */
export const ProjectId = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{1,30}$/,
    'a project id is 2 to 31 characters: lower-case letters, digits and "-", a letter first',
  );

/** The entity that an event is about: `<kind>:<id>`, for example `broker:b-17`. At most 256 characters. */
export const Subject = z
  .string()
  .max(256)
  .regex(/^[a-z][a-z0-9_-]*:\S+$/, 'a subject is "<kind>:<id>" without blanks, for example "broker:b-17"');

/** An event type: words in lower case joined by dots, for example `deal.signed`. */
export const EventTypeName = z
  .string()
  .max(128)
  .regex(
    /^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$/,
    'an event type is lower-case words joined by ".", for example "deal.signed"',
  );

export const SERVICE_NAMES = ['ingest', 'sql-executor', 'rule-engine', 'profile-store', 'alerting', 'console'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** The project under which the platform watches itself; no business data goes into it. */
export const PLATFORM_PROJECT = 'hermes';
