import { z } from 'zod';
import { Bilingual } from './event-type.ts';

const SqlOption = z.object({
  /** `*` stands for one part between dots or, at the end, for all that follows. */
  key: z.string(),
  about: z.string(),
  /** What it takes: some of these, or in a word. */
  values: z.array(z.string()),
  takes: z.enum(['text', 'integer', 'number', 'boolean', 'duration', 'one-of']),
  example: z.string().nullable(),
  default: z.string().nullable(),
  /** Where a table needs it. */
  required: z.array(z.enum(['source', 'sink', 'lookup'])),
});

/** A table that is there to be used: its declaration, and the view of it that queries read. */
const ReadyTable = z.object({
  table: z.string(),
  /** CREATE TABLE, ready to be put before a query. */
  createTable: z.string(),
  /** The view's name, and CREATE VIEW, to be put behind the table: rows of this type alone, fields of `data` as columns. */
  view: z.string(),
  createView: z.string(),
  /** Of the view. */
  columns: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      title: Bilingual.nullable(),
      unit: z.string().nullable(),
    }),
  ),
});

/** `GET /v1/projects/:p/sql/catalog`: what an editor completes from. */
export const SqlCatalog = z.object({
  functions: z.array(
    z.object({
      name: z.string(),
      /** `table`: it stands in FROM TABLE(...). `operator`: it is written between or behind its values. */
      kind: z.enum(['scalar', 'aggregate', 'table', 'operator']),
      family: z.string(),
      /** How it is written. */
      signature: z.string(),
      /** A sentence; '' where there is none. */
      about: z.string(),
    }),
  ),
  connectors: z.array(
    z.object({
      name: z.string(),
      about: z.string(),
      usedAs: z.array(z.enum(['source', 'sink', 'lookup'])),
      options: z.array(SqlOption),
      formats: z.array(z.object({ name: z.string(), options: z.array(SqlOption) })),
      /** Columns METADATA FROM '<key>'. */
      metadata: z.array(z.object({ key: z.string(), type: z.string(), writable: z.boolean() })),
    }),
  ),
  /** SET '<key>' = '...'. */
  settings: z.array(z.object({ key: z.string(), default: z.string(), about: z.string() })),
  types: z.array(z.object({ name: z.string(), about: z.string() })),
  /** Words that are no name without back-ticks. */
  reservedWords: z.array(z.string()),
  /** Of the project's event catalogue, by name; null while it has not been read: ask again. */
  eventTypes: z
    .array(
      ReadyTable.extend({
        type: z.string(),
        version: z.number().int(),
        title: Bilingual,
        description: Bilingual,
      }),
    )
    .nullable(),
  /** Every event of the project, whatever its type, with `data` as JSON text. */
  events: ReadyTable.pick({ table: true, createTable: true }),
});
export type SqlCatalog = z.infer<typeof SqlCatalog>;
