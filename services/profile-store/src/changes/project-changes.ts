import type { Follower, KafkaDriver } from '@hermes/connectors/kafka/driver';
import { profileChangesTopic } from '@hermes/contracts/topics';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import type { Logger } from 'pino';
import { randomBytes } from 'node:crypto';
import { ChangeListener, isSegment, type Missed } from './change-listener.ts';
import { ChangeRing, type KeptChange } from './change-ring.ts';
import type { EventStream } from '@hermes/service-kit/event-stream';
import { readChange, RepeatFilter } from './read-change.ts';
import { StreamLease } from './stream-lease.ts';
import type { SubscriptionsService } from '../subscriptions/subscriptions.service.ts';

const RING = { changes: 10_000, characters: 32_000_000 };
/** The topic is followed for so long after the last listener has gone, so that who comes back finds what it has missed. */
const IDLE_MS = 60_000;

export interface ProjectChangesSetting {
  readonly project: string;
  readonly instance: string;
  readonly kafka: KafkaDriver;
  readonly subscriptions: Pick<SubscriptionsService, 'lease'>;
  readonly features: () => FeatureSet | undefined;
  readonly logger: Logger;
}

/** What a stream listens to. */
export interface Wanted {
  /** undefined: every subject. */
  readonly subject: string | undefined;
  readonly features: readonly string[];
  readonly lastEventId: string | undefined;
}

/** A listener and its connection. */
interface Member {
  readonly listener: ChangeListener;
  readonly stream: EventStream;
}

const EVENT_ID = /^(\d{1,3})-(\d{1,16})(?:-([0-9a-f]+))?$/;
/** Of `ready`: this process's mark, the ring's position, and when. */
const PLACE_ID = /^ready-([0-9a-f]+)-(\d{1,16})-(\d{1,16})$/;

/** The changes of one project for all of its listeners in this process: one follower, one ring, one lease. */
export class ProjectChanges {
  private readonly setting: ProjectChangesSetting;
  private readonly members = new Map<EventStream, Member>();
  private readonly bySubject = new Map<string, Set<ChangeListener>>();
  private readonly ofAll = new Set<ChangeListener>();
  private readonly lease: StreamLease;
  private readonly ring = new ChangeRing(RING);
  /** Other processes have the same changes in another order between partitions. */
  private readonly mark = randomBytes(4).toString('hex');
  private readonly repeats = new RepeatFilter();
  private readonly sinceMs = new Map<number, number>();
  private seenSet: FeatureSet | undefined;
  private readonly following: Promise<Follower | undefined>;
  private isFollowing = false;
  private idleSinceMs: number | undefined;
  private isBroken = false;

  constructor(setting: ProjectChangesSetting) {
    this.setting = setting;
    const { project, instance, subscriptions, logger } = setting;
    const onError = (error: unknown): void => logger.error({ err: error, project }, 'a stream could not be subscribed');
    this.lease = new StreamLease({ project, id: `stream-${instance}`, subscriptions, onError });
    this.following = this.follow();
  }

  /** Whether it is of no use any more: to be closed, and made anew for the next listener. */
  isOver(nowMs: number): boolean {
    return this.isBroken || (this.idleSinceMs !== undefined && nowMs - this.idleSinceMs > IDLE_MS);
  }

  add(stream: EventStream, { subject, features, lastEventId }: Wanted, nowMs: number): void {
    const listener = new ChangeListener({
      subject,
      features,
      // A subject has one partition, whose order every process sees.
      idSuffix: subject === undefined ? `-${this.mark}` : '',
      placeOfNow: (atMs) => `ready-${this.mark}-${this.ring.position}-${atMs}`,
      send: (text) => stream.send(text),
    });
    const set = this.setting.features();
    if (lastEventId !== undefined && set !== undefined) {
      listener.resume(this.missedSince(lastEventId, subject), set, (slot) => this.sinceMs.get(slot));
    }
    this.members.set(stream, { listener, stream });
    this.idleSinceMs = undefined;
    if (subject === undefined) this.ofAll.add(listener);
    else this.bySubject.set(subject, (this.bySubject.get(subject) ?? new Set()).add(listener));
    this.look(nowMs);
  }

  remove(stream: EventStream, nowMs: number): void {
    const member = this.members.get(stream);
    if (member === undefined) return;
    this.members.delete(stream);
    const { listener } = member;
    this.ofAll.delete(listener);
    if (listener.subject !== undefined) {
      const others = this.bySubject.get(listener.subject);
      others?.delete(listener);
      if (others?.size === 0) this.bySubject.delete(listener.subject);
    }
    if (this.members.size === 0) this.idleSinceMs = nowMs;
  }

  /** Called every now and then: renews the lease, and tells listeners what has come into force. */
  look(nowMs: number): void {
    const set = this.setting.features();
    const wanted = [...this.members.values()].flatMap(({ listener }) => [...listener.features]);
    this.lease.look(new Set(wanted.filter((name) => !isSegment(name))), nowMs);
    // Nothing that came before the topic was followed can be told.
    if (set === undefined || !this.isFollowing) return;
    if (set !== this.seenSet) {
      this.seenSet = set;
      for (const slot of this.sinceMs.keys()) if (!set.subscribed.has(slot)) this.sinceMs.delete(slot);
      for (const slot of set.subscribed) if (!this.sinceMs.has(slot)) this.sinceMs.set(slot, nowMs);
    }
    for (const { listener, stream } of this.members.values()) {
      if (!listener.look(set, (slot) => this.sinceMs.get(slot), nowMs)) stream.end();
    }
  }

  /** Ends every stream. */
  async close(): Promise<void> {
    this.isBroken = true;
    for (const { stream } of this.members.values()) stream.end();
    await this.lease.close();
    await (await this.following)?.close();
  }

  private missedSince(lastEventId: string, subject: string | undefined): Missed | undefined {
    const place = PLACE_ID.exec(lastEventId);
    if (place !== null) {
      const changes = place[1] === this.mark ? this.ring.from(Number(place[2])) : undefined;
      return changes === undefined ? undefined : { sinceMs: Number(place[3]), changes };
    }
    const [, partition, offset, mark] = EVENT_ID.exec(lastEventId) ?? [];
    if (partition === undefined || (subject === undefined && mark !== this.mark)) return undefined;
    const last = this.ring.find(Number(partition), Number(offset));
    if (last === undefined || (subject !== undefined && last.subject !== subject)) return undefined;
    return { sinceMs: last.arrivedMs, changes: this.ring.after(last) };
  }

  private async follow(): Promise<Follower | undefined> {
    const { kafka, project, logger } = this.setting;
    const giveUp = (error: unknown): void => {
      this.isBroken = true;
      logger.warn({ err: error, project }, 'changes of profiles cannot be followed; streams open anew');
      for (const { stream } of this.members.values()) stream.end();
    };
    try {
      const follower = await kafka.follow({
        topic: profileChangesTopic(project),
        from: 'latest',
        onRecord: (record) => {
          if (this.repeats.hasSeen(record)) return;
          const change = readChange(record, Date.now());
          if (change === undefined)
            logger.error({ project, offset: record.offset }, 'what is no change was passed over');
          else this.hear(change);
        },
        onFailed: giveUp,
      });
      this.isFollowing = true;
      return follower;
    } catch (error) {
      giveUp(error);
      return undefined;
    }
  }

  private hear(change: KeptChange): void {
    this.ring.push(change);
    for (const listener of this.bySubject.get(change.subject) ?? []) {
      if (listener.features.has(change.feature)) listener.hear(change);
    }
    for (const listener of this.ofAll) if (listener.features.has(change.feature)) listener.hear(change);
  }
}
