import type { KafkaDriver, PartitionReader, SpanBatch, SpanReaderOptions } from './driver.ts';
import { spansFrom } from './spans-from.ts';

/** Readers that stand so close read together: who is ahead waits until the other has come as far. Records. */
const NEAR = 50_000;

type SpanReaders = Pick<KafkaDriver, 'readSpans'>;

/**
 * Readers of one process that read the same topic share one fetch of each partition: bytes come once, each reader gets them from its own offset on,
 * side by side with the others, and the next bytes come when all have handled them. Readers whose offsets are far apart fetch on their own until
 * who is behind has come near. The patience of a topic is that of its first reader.
 */
export function shareSpans(kafka: SpanReaders): SpanReaders {
  const topics = new Map<string, SharedTopic>();
  return {
    readSpans(options) {
      const { topic } = options;
      const shared = topics.get(topic) ?? new SharedTopic(kafka, options);
      topics.set(topic, shared);
      return shared.reader(options);
    },
  };
}

/** One reader's part in one partition. */
interface Member {
  readonly options: SpanReaderOptions;
  /** What it gets next is from here on. */
  offset: number;
  stopped: boolean;
  running: Promise<void>;
}

/** Those that read a partition together. */
interface Cohort {
  readonly partition: number;
  /** Which of the topic's fetches is theirs. */
  readonly fetch: number;
  members: Member[];
  /** All before was handed to them. */
  handed: number;
}

class SharedTopic {
  private readonly kafka: SpanReaders;
  private readonly first: SpanReaderOptions;
  private cohorts: Cohort[] = [];
  private readonly fetches: (PartitionReader | undefined)[] = [];
  private readonly closing = new Set<Promise<void>>();
  private beginning: { readonly partition: number; readonly member: Member }[] = [];

  constructor(kafka: SpanReaders, first: SpanReaderOptions) {
    this.kafka = kafka;
    this.first = first;
  }

  reader(options: SpanReaderOptions): PartitionReader {
    const members = new Map<number, Member>();
    const stop = async (partition: number): Promise<void> => {
      const member = members.get(partition);
      members.delete(partition);
      if (member !== undefined) await this.leave(member);
    };
    return {
      start: (partition, offset) => {
        const before = members.get(partition);
        // A handler that still runs ends before the first batch from the new place.
        const running = before === undefined ? Promise.resolve() : this.leave(before);
        const member: Member = { options, offset, stopped: false, running };
        members.set(partition, member);
        if (this.beginning.push({ partition, member }) === 1) queueMicrotask(() => this.begin());
      },
      stop,
      close: async () => {
        await Promise.all([...members.keys()].map(stop));
        await Promise.all(this.closing);
      },
    };
  }

  /** Those that were started in one turn find each other, who is behind first. */
  private begin(): void {
    const beginning = this.beginning.sort((a, b) => a.member.offset - b.member.offset);
    this.beginning = [];
    for (const { partition, member } of beginning) {
      if (member.stopped) continue;
      const near = this.of(partition).find(({ handed }) => handed <= member.offset && member.offset - handed <= NEAR);
      if (near !== undefined) near.members.push(member);
      else this.open(partition, member);
    }
  }

  private of(partition: number): readonly Cohort[] {
    return this.cohorts.filter((cohort) => cohort.partition === partition);
  }

  private open(partition: number, member: Member): void {
    const taken = new Set(this.of(partition).map(({ fetch }) => fetch));
    let fetch = 0;
    while (taken.has(fetch)) fetch++;
    this.cohorts.push({ partition, fetch, members: [member], handed: member.offset });
    const reader = (this.fetches[fetch] ??= this.kafka.readSpans({
      topic: this.first.topic,
      ...(this.first.patience === undefined ? {} : { patience: this.first.patience }),
      onBatch: (batch) => this.deliver(fetch, batch),
      onStopped: (of, why) => {
        const cohort = this.find(fetch, of.partition);
        if (cohort === undefined) return;
        this.drop(cohort);
        for (const { options, stopped } of cohort.members) if (!stopped) options.onStopped(of, why);
      },
    }));
    reader.start(partition, member.offset);
  }

  private find(fetch: number, partition: number): Cohort | undefined {
    return this.cohorts.find((cohort) => cohort.fetch === fetch && cohort.partition === partition);
  }

  private async deliver(fetch: number, batch: SpanBatch): Promise<void> {
    const cohort = this.find(fetch, batch.partition);
    const last = batch.records.spans.at(-1);
    if (cohort === undefined || last === undefined) return;
    cohort.handed = last.offsets[last.count - 1]! + 1;
    const { members } = cohort;
    const handled = members.map((member) => hand(member, batch, members.length === 1, cohort.handed));
    // The bytes are used again afterwards: nobody may still read them, also where one has failed.
    const failed = (await Promise.allSettled(handled)).find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    this.wait(cohort);
  }

  /** Who is a little ahead goes on with those behind. */
  private wait(behind: Cohort): void {
    if (behind.members.length === 0) return;
    for (const ahead of this.of(behind.partition)) {
      const by = ahead.handed - behind.handed;
      if (ahead === behind || by < 0 || by > NEAR) continue;
      behind.members.push(...ahead.members);
      this.drop(ahead);
    }
  }

  private async leave(member: Member): Promise<void> {
    member.stopped = true;
    for (const cohort of this.cohorts) {
      cohort.members = cohort.members.filter((each) => each !== member);
      if (cohort.members.length === 0) this.drop(cohort);
    }
    await member.running;
  }

  /** Its fetch ends, for this partition or, where nobody else needs it, for good. */
  private drop(cohort: Cohort): void {
    const { fetch, partition } = cohort;
    this.cohorts = this.cohorts.filter((each) => each !== cohort);
    const reader = this.fetches[fetch];
    if (reader === undefined) return;
    const isLast = !this.cohorts.some((each) => each.fetch === fetch);
    if (isLast) this.fetches[fetch] = undefined;
    const ended = (isLast ? reader.close() : reader.stop(partition)).finally(() => this.closing.delete(ended));
    this.closing.add(ended);
  }
}

/** One batch at a time, from the member's own offset on. */
function hand(member: Member, batch: SpanBatch, isAlone: boolean, end: number): Promise<void> {
  const handled = member.running.then(async () => {
    if (member.stopped) return;
    const { offset } = member;
    member.offset = Math.max(offset, end);
    const first = batch.records.spans[0]!.offsets[0]!;
    const records = isAlone && first >= offset ? batch.records : spansFrom(batch.records, offset);
    if (records !== undefined) await member.options.onBatch({ ...batch, records });
  });
  member.running = handled.catch(() => undefined);
  return handled;
}
