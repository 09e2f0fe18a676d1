import type { ServerResponse } from 'node:http';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import { type CallerIdentity, identify } from '@hermes/service-kit/access';
import type { ControlCopy } from '@hermes/service-kit/control-copy';
import { segmentMemberId } from '@hermes/contracts/profile-segment';
import { nearest } from '@hermes/rules/suggestion';
import { notFound, ProblemError } from '@hermes/service-kit/problem';
import type { Logger } from 'pino';
import type { ProfilesService } from '../profiles/profiles.service.ts';
import { allowedFor } from '../profiles/read-access.ts';
import { shownSegments } from '../segments/visible-segments.ts';
import type { SubscriptionsService } from '../subscriptions/subscriptions.service.ts';
import { EventStream } from '@hermes/service-kit/event-stream';
import { ProjectChanges } from './project-changes.ts';

const LOOK_EVERY_MS = 250;
const COMMENT_EVERY_MS = 15_000;
const CHECK_KEYS_EVERY_MS = 1_000;
/** Open streams of a process at most. */
const MAX_STREAMS = 5_000;

export interface ChangesParts {
  readonly control: Pick<ControlCopy, 'key' | 'verifyToken' | 'project'>;
  readonly profiles: Pick<ProfilesService, 'project' | 'askedOf'>;
  readonly subscriptions: Pick<SubscriptionsService, 'lease'>;
  /** The project's newest published features; undefined before they were read. */
  readonly features: (project: string) => FeatureSet | undefined;
  readonly kafka: KafkaDriver;
  /** Of this process start. */
  readonly instance: string;
  readonly logger: Logger;
}

export interface AskedStream {
  readonly project: string;
  /** undefined: every subject. */
  readonly subject: string | undefined;
  /** As the caller wrote them, separated by commas. */
  readonly features: string | undefined;
  /** The same of segments. */
  readonly segments: string | undefined;
  readonly lastEventId: string | undefined;
  readonly caller: CallerIdentity;
  /** With which the caller has shown who it is. */
  readonly credential: string;
}

interface Open {
  readonly project: string;
  readonly caller: CallerIdentity;
  readonly credential: string;
}

/** Streams of changes: opened for who may see the features, and ended when that is over. */
export class ChangesService {
  private readonly parts: ChangesParts;
  private readonly projects = new Map<string, ProjectChanges>();
  private readonly streams = new Map<EventStream, Open>();
  private readonly timers: readonly NodeJS.Timeout[];
  private isClosing = false;

  constructor(parts: ChangesParts) {
    this.parts = parts;
    this.timers = [
      setInterval(() => this.look(), LOOK_EVERY_MS),
      setInterval(() => this.checkKeys(), CHECK_KEYS_EVERY_MS),
      setInterval(() => this.comment(), COMMENT_EVERY_MS),
    ];
  }

  /**
   * The features whose changes a caller asks for, and the segments by `segmentMemberId`.
   *
   * @throws ProblemError 400 `features-required`, `not-subscribable`; 403, 404 as for a read; 503
   */
  checked({
    project: id,
    features,
    segments,
    caller,
  }: Pick<AskedStream, 'project' | 'features' | 'segments' | 'caller'>): readonly string[] {
    const project = this.parts.profiles.project(id);
    const asked = this.parts.profiles.askedOf(project, features ?? '', caller);
    const named = this.segmentsIn(id, segments, caller);
    if (asked.length === 0 && named.length === 0) {
      throw problem(
        'features-required',
        "Name the features in 'features', or segments in 'segments', separated by commas: each feature costs its processor a message a change.",
      );
    }
    const ratio = asked.find(([, { kind }]) => kind === 'ratio');
    if (ratio !== undefined) {
      throw problem(
        'not-subscribable',
        `'${ratio[0]}' is a ratio, which is computed when it is read: ask for changes of its numerator and denominator.`,
      );
    }
    if (this.isClosing || this.streams.size >= MAX_STREAMS) {
      throw new ProblemError({
        status: 503,
        code: 'too-many-streams',
        title: 'There are too many streams',
        detail: `This process has ${MAX_STREAMS} open streams, or is about to end; try again in a few seconds.`,
        headers: { 'retry-after': '5' },
      });
    }
    return [...asked.map(([feature]) => feature), ...named];
  }

  /** What a key may not see is unknown to it. */
  private segmentsIn(project: string, names: string | undefined, caller: CallerIdentity): readonly string[] {
    const ids = [...new Set((names ?? '').split(',').map((id) => id.trim()))].filter((id) => id !== '');
    if (ids.length === 0) return [];
    const set = this.parts.features(project);
    const known = set === undefined ? [] : shownSegments(set, allowedFor(caller)).segments.map(({ id }) => id);
    return ids.map((id) => {
      if (known.includes(id)) return segmentMemberId(id);
      const meant = nearest(id, known);
      throw notFound('segment', id, meant === undefined ? '' : `Did you mean '${meant}'?`);
    });
  }

  /** Takes over the response. @param features - as `checked` has answered */
  open(asked: AskedStream, features: readonly string[], response: ServerResponse): void {
    const { project, subject, lastEventId, caller, credential } = asked;
    let changes = this.projects.get(project);
    if (changes === undefined || changes.isOver(Date.now())) {
      this.closeProject(project);
      changes = new ProjectChanges({ ...this.parts, project, features: () => this.parts.features(project) });
      this.projects.set(project, changes);
    }
    const mine = changes;
    const stream = new EventStream(response, () => {
      this.streams.delete(stream);
      mine.remove(stream, Date.now());
    });
    this.streams.set(stream, { project, caller, credential });
    mine.add(stream, { subject, features, lastEventId }, Date.now());
  }

  /** Before the HTTP server waits for its connections. */
  async onModuleDestroy(): Promise<void> {
    this.isClosing = true;
    for (const timer of this.timers) clearInterval(timer);
    for (const stream of this.streams.keys()) stream.end();
    await Promise.all([...this.projects.values()].map((changes) => changes.close()));
  }

  private look(): void {
    const nowMs = Date.now();
    for (const [project, changes] of this.projects) {
      if (changes.isOver(nowMs)) this.closeProject(project);
      else changes.look(nowMs);
    }
  }

  private closeProject(project: string): void {
    const changes = this.projects.get(project);
    this.projects.delete(project);
    changes
      ?.close()
      .catch((error: unknown) => this.parts.logger.warn({ err: error, project }, 'a follower did not close'));
  }

  /** A revoked key dies within a second, also on a stream that is open. */
  private checkKeys(): void {
    for (const [stream, { project, caller, credential }] of this.streams) {
      const isGone = caller.kind === 'key' && this.parts.control.key(credential) === undefined;
      if (isGone || this.parts.control.project(project) === undefined) stream.end();
    }
  }

  private comment(): void {
    for (const [stream, { caller, credential }] of this.streams) {
      stream.comment();
      // A person's token is good for minutes: who is still there comes back with a new one, and misses nothing.
      if (caller.kind === 'person') identify(this.parts.control, credential).catch(() => stream.end());
    }
  }
}

const problem = (code: string, detail: string): ProblemError =>
  new ProblemError({ status: 400, code, title: 'This cannot be subscribed to', detail });
