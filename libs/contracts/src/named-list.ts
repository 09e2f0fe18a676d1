import { z } from 'zod';

/** A list's name in rules and routes: `vip-customers`. */
export const ListId = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,63}$/,
    'a list id is 1 to 64 characters: lower-case letters, digits, "_" and "-", the first one a letter or a digit',
  );

export const MAX_ENTRY_LENGTH = 256;
export const MAX_LIST_ENTRIES = 1_000_000;
/** Every process that evaluates rules holds them all in memory. */
export const MAX_PROJECT_ENTRIES = 5_000_000;
export const MAX_LISTS = 200;
/** Of one change in JSON; more are uploaded as lines. */
export const MAX_ENTRIES_AT_ONCE = 10_000;

/** A text that stands in a list: no line breaks and no other control characters, blanks only within. */
export const ListEntry = z
  .string()
  .min(1)
  .max(MAX_ENTRY_LENGTH, `an entry has at most ${MAX_ENTRY_LENGTH} characters`)
  .refine(
    (text) => text.isWellFormed() && !/\p{Cc}/u.test(text) && text.trim() === text,
    'an entry is a text without line breaks, control characters and blanks around it',
  );

/** A number stands in a list as its text. */
const WrittenEntry = z.union([z.string(), z.number()]).transform(String).pipe(ListEntry);

/** Body of `PUT /v1/projects/:p/lists/:id`. */
export const ListDraft = z.strictObject({
  name: z.string().trim().min(1).max(200),
  description: z.string().max(2_000).optional(),
});
export type ListDraft = z.infer<typeof ListDraft>;

/** A named list of a project. */
export const NamedList = ListDraft.extend({
  id: ListId,
  /** Another with every change of its entries, and never given twice; decisions name it. */
  revision: z.number().int().positive(),
  entries: z.number().int().nonnegative(),
  changedAt: z.iso.datetime(),
  changedBy: z.string(),
});
export type NamedList = z.infer<typeof NamedList>;
/** `GET /v1/projects/:p/lists`, by id. */
export const NamedLists = z.object({ lists: z.array(NamedList) });

/** Body of `POST /v1/projects/:p/lists/:id/entries`. */
export const ListEntriesChange = z
  .strictObject({
    add: z.array(WrittenEntry).max(MAX_ENTRIES_AT_ONCE).default([]),
    remove: z.array(WrittenEntry).max(MAX_ENTRIES_AT_ONCE).default([]),
  })
  .refine(({ add, remove }) => {
    const added = new Set(add);
    return !remove.some((entry) => added.has(entry));
  }, 'an entry is added or removed, not both');
export type ListEntriesChange = z.infer<typeof ListEntriesChange>;

/** What a change of entries, or an upload, has come to. */
export const ListChanged = z.object({
  revision: z.number().int().positive(),
  entries: z.number().int().nonnegative(),
  added: z.number().int().nonnegative(),
  removed: z.number().int().nonnegative(),
});
export type ListChanged = z.infer<typeof ListChanged>;

/** `GET /v1/projects/:p/lists/:id/entries?after=&limit=`, in the order of their UTF-8 bytes. */
export const ListEntriesPage = z.object({
  entries: z.array(z.string()),
  /** Where the next page goes on; null after the last one. */
  after: z.string().nullable(),
});
export type ListEntriesPage = z.infer<typeof ListEntriesPage>;

/** `GET /v1/projects/:p/lists/:id/entries/:entry`. */
export const ListMembership = z.object({ entry: z.string(), isIn: z.boolean(), revision: z.number().int().positive() });
export type ListMembership = z.infer<typeof ListMembership>;

/** Record of a list on `<project>.lists`, after those of its buckets: from here on they are in force. */
export const ListHead = z.object({
  /** Of the list's buckets: a list that is made anew under the same id has another. */
  number: z.number().int().positive(),
  revision: z.number().int().positive(),
  /** So many its buckets hold together. */
  entries: z.number().int().nonnegative(),
});
export type ListHead = z.infer<typeof ListHead>;

export const listHeadKey = (id: string): string => `list/${id}`;
export const listBucketKey = (number: number, bucket: number): string => `bucket/${number}/${bucket}`;

/** What a record of `<project>.lists` is about. */
export type ListRecordKey =
  | { readonly kind: 'head'; readonly id: string }
  | { readonly kind: 'bucket'; readonly number: number; readonly bucket: number };

/** Undefined: no key of such a record. */
export function readListKey(key: string): ListRecordKey | undefined {
  const [kind, first = '', second = ''] = key.split('/');
  if (kind === 'list' && ListId.safeParse(first).success) return { kind: 'head', id: first };
  if (kind !== 'bucket' || !/^\d+$/u.test(first) || !/^\d+$/u.test(second)) return undefined;
  return { kind: 'bucket', number: Number(first), bucket: Number(second) };
}
