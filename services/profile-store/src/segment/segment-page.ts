import { z } from 'zod';

/**
 * Shapes and paging of Segment's Profile API. Source: Segment's documentation, "Profile API", API reference (pagination, routes, and the
 * answers of traits, external_ids and events).
 */
export const SegmentCursor = z.object({
  /** Where this list is: the next page when there is one. */
  url: z.string(),
  has_more: z.boolean(),
  /** Give it as `next` for the next page; empty at the end. */
  next: z.string(),
  limit: z.number().int(),
});
export type SegmentCursor = z.infer<typeof SegmentCursor>;

/** @param path - of the list, without a query. @param next - undefined: there is no more */
export function cursorOf(path: string, next: string | undefined, limit: number): SegmentCursor {
  if (next === undefined) return { url: path, has_more: false, next: '', limit };
  return {
    url: `${path}?${new URLSearchParams({ next, limit: String(limit) }).toString()}`,
    has_more: true,
    next,
    limit,
  };
}

const ExternalId = z.object({
  id: z.string(),
  type: z.string(),
  collection: z.string(),
  encoding: z.literal('none'),
});

export const SegmentTraits = z.object({ traits: z.record(z.string(), z.unknown()), cursor: SegmentCursor });
export type SegmentTraits = z.infer<typeof SegmentTraits>;

export const SegmentExternalIds = z.object({
  data: z.array(
    ExternalId.extend({
      source_id: z.string(),
      /** When the subject was first seen; null when the caller may not know, or nobody does. */
      created_at: z.iso.datetime().nullable(),
    }),
  ),
  cursor: SegmentCursor,
});
export type SegmentExternalIds = z.infer<typeof SegmentExternalIds>;

export const SegmentEvents = z.object({
  data: z.array(
    z.object({
      external_ids: z.array(ExternalId),
      properties: z.record(z.string(), z.unknown()),
      /** The event's type. */
      event: z.string(),
      type: z.literal('track'),
      timestamp: z.iso.datetime(),
      message_id: z.string(),
      /** The event's source. */
      source_id: z.string(),
    }),
  ),
  cursor: SegmentCursor,
});
export type SegmentEvents = z.infer<typeof SegmentEvents>;

/** A subject in Segment's words: `customer:c-7` has the type `customer` and the id `c-7`. */
export function externalIdOf(subject: string, collection: string): z.infer<typeof ExternalId> {
  const colon = subject.indexOf(':');
  return { id: subject.slice(colon + 1), type: subject.slice(0, colon), collection, encoding: 'none' };
}

/** One page of names in their order; `next` is the first name of the page after it. */
export function pageOfNames(
  names: readonly string[],
  from: string | undefined,
  limit: number,
): { readonly page: readonly string[]; readonly next: string | undefined } {
  const ordered = names.filter((name) => from === undefined || name >= from).sort((a, b) => (a < b ? -1 : 1));
  return { page: ordered.slice(0, limit), next: ordered[limit] };
}
