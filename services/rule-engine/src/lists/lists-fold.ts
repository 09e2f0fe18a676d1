import { bucketHas, bucketOfHash, entryHash, type ListBucket, readBucket } from '@hermes/contracts/list-bucket';
import { listBucketKey, ListHead, listHeadKey, MAX_ENTRY_LENGTH, readListKey } from '@hermes/contracts/named-list';
import type { ListView } from '@hermes/rules/list-operators';

/** The entries of a list, by bucket. */
class Buckets {
  /** In force. */
  private readonly current = new Map<number, ListBucket>();
  /** Those that have come, until their list's head says that they are all there. */
  private readonly coming = new Map<number, ListBucket>();
  private entries = 0;

  take(bucket: number, given: ListBucket): void {
    this.coming.set(bucket, given);
  }

  *records(number: number): Generator<ListRecord> {
    for (const [bucket, { bytes }] of this.current) yield { key: listBucketKey(number, bucket), value: bytes };
  }

  /** Puts in force what has come up to a revision; answers how many entries there are now. */
  upTo(revision: number): number {
    for (const [bucket, given] of this.coming) {
      if (given.revision > revision) continue;
      this.entries += given.count - (this.current.get(bucket)?.count ?? 0);
      this.current.set(bucket, given);
      this.coming.delete(bucket);
    }
    return this.entries;
  }

  has(entry: string): boolean {
    if (entry.length > MAX_ENTRY_LENGTH) return false;
    const hash = entryHash(entry);
    const bucket = this.current.get(bucketOfHash(hash));
    return bucket !== undefined && bucketHas(bucket, entry, hash);
  }
}

/** A record of a list, as it is taken up. */
export interface ListRecord {
  readonly key: string;
  readonly value: Uint8Array;
}

/** A list as its head has it. */
interface Listed {
  readonly head: ListHead;
  /** Undefined where buckets of it are not there: then nobody can say what is in it. */
  readonly view: ListView | undefined;
}

/** What a process knows of a list. */
export interface KnownList {
  readonly number: number;
  readonly revision: number;
}

/** A project's lists, as the records of `<project>.lists` say one after the other, each revision as a whole. Pure. */
export class ListsFold {
  private readonly lists = new Map<string, Listed>();
  /** By the number of their list; they come before its head. */
  private readonly buckets = new Map<number, Buckets>();

  /** Undefined for a list that is not there, or of which a bucket is missing. */
  readonly lookup = (id: string): ListView | undefined => this.lists.get(id)?.view;

  /** Those that are there whole, by id. */
  known(): ReadonlyMap<string, KnownList> {
    const whole = [...this.lists].filter(([, { view }]) => view !== undefined);
    return new Map(whole.map(([id, { head }]) => [id, { number: head.number, revision: head.revision }]));
  }

  /** Records that say what these lists are now, to be taken up elsewhere; of lists that are not whole none. */
  recordsOf(ids: readonly string[]): readonly ListRecord[] {
    return ids.flatMap((id) => {
      const list = this.lists.get(id);
      if (list?.view === undefined) return [];
      const { head } = list;
      const headRecord = { key: listHeadKey(id), value: Buffer.from(JSON.stringify(head)) };
      return [...this.bucketsOf(head.number).records(head.number), headRecord];
    });
  }

  /** Applies a record; answers why when it is none. A value that is kept is kept as it is. */
  apply(key: string, value: Buffer | null): { readonly unreadable: string } | undefined {
    const named = readListKey(key);
    if (named === undefined) return { unreadable: `no key of lists: ${key.slice(0, 100)}` };
    try {
      if (named.kind === 'head') this.applyHead(named.id, value);
      else this.applyBucket(named.number, named.bucket, value);
      return undefined;
    } catch (error) {
      return { unreadable: String(error) };
    }
  }

  private applyHead(id: string, value: Buffer | null): void {
    if (value === null) {
      const gone = this.lists.get(id);
      this.lists.delete(id);
      if (gone !== undefined) this.buckets.delete(gone.head.number);
      return;
    }
    const head = ListHead.parse(JSON.parse(value.toString()));
    const before = this.lists.get(id)?.head.number;
    if (before !== undefined && before !== head.number) this.buckets.delete(before);
    const buckets = this.bucketsOf(head.number);
    const isWhole = buckets.upTo(head.revision) === head.entries;
    const view = { revision: head.revision, has: (entry: string) => buckets.has(entry) };
    this.lists.set(id, { head, view: isWhole ? view : undefined });
  }

  private applyBucket(number: number, bucket: number, value: Buffer | null): void {
    if (value === null) {
      // Of a list that is gone, as its head has said or never will.
      if (![...this.lists.values()].some(({ head }) => head.number === number)) this.buckets.delete(number);
      return;
    }
    this.bucketsOf(number).take(bucket, readBucket(value));
  }

  private bucketsOf(number: number): Buckets {
    let buckets = this.buckets.get(number);
    if (buckets === undefined) this.buckets.set(number, (buckets = new Buckets()));
    return buckets;
  }
}
