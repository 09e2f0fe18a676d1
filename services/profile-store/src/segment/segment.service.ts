import type { FeatureCompute } from '@hermes/contracts/feature';
import type { HermesEvent } from '@hermes/contracts/event';
import type { Profile, ProfileFeatures } from '@hermes/contracts/profile';
import type { AnsweredFeature } from '@hermes/profiles/features/feature-set';
import type { CallerIdentity } from '@hermes/service-kit/access';
import { ProblemError } from '@hermes/service-kit/problem';
import { HistoryError, type HistoryClient, historyProblem } from '@hermes/service-kit/history/history-client';
import type { ProfilesService } from '../profiles/profiles.service.ts';
import { allowedFor } from '../profiles/read-access.ts';
import { cursorOfPlace, newestEvents, placeOfCursor } from './newest-events.ts';
import {
  cursorOf,
  externalIdOf,
  pageOfNames,
  type SegmentEvents,
  type SegmentExternalIds,
  type SegmentTraits,
} from './segment-page.ts';

export interface TraitsQuery {
  /** Names, separated by commas. */
  readonly include?: string | undefined;
  /** Segment's kinds: computed ones, or audiences, of which there are none. */
  readonly class?: 'computed_trait' | 'audience' | undefined;
  readonly limit: number;
  readonly next?: string | undefined;
}

/** Whose list it is, and where: `path` without a query. */
export interface SegmentList {
  readonly project: string;
  readonly subject: string;
  readonly collection: string;
  readonly path: string;
  readonly caller: CallerIdentity;
}

const computeOf = (answered: AnsweredFeature): FeatureCompute['kind'] =>
  answered.kind === 'ratio' ? 'ratio' : answered.feature.feature.compute.kind;
const isComputed = (answered: AnsweredFeature): boolean => !['set', 'set-once'].includes(computeOf(answered));

/** Profiles in the shapes of Segment's Profile API, for applications that were written for it. */
export class SegmentService {
  private readonly profiles: ProfilesService;
  private readonly history: Pick<HistoryClient, 'open'>;
  constructor(profiles: ProfilesService, history: Pick<HistoryClient, 'open'>) {
    this.profiles = profiles;
    this.history = history;
  }

  /** Values of features and attributes by name, flat; what has no value is not there. @throws ProblemError as a read, 404 for a stranger */
  async traits(list: SegmentList, query: TraitsQuery): Promise<SegmentTraits> {
    const project = this.profiles.project(list.project);
    const asked = this.profiles.askedOf(project, query.include, list.caller);
    const names = asked
      .filter(([, feature]) => query.class === undefined || (query.class === 'computed_trait' && isComputed(feature)))
      .map(([name]) => name);
    const { page, next } = pageOfNames(names, query.next, query.limit);
    const profile = await this.profiles.read(project, list.subject, page.join(','), list.caller);
    if (!profile.known) throw strangerTo(list.subject);
    const traits: Record<string, unknown> = {};
    for (const name of page) {
      const value = profile.features[name]?.value;
      if (value !== null && value !== undefined) traits[name] = value;
    }
    return { traits, cursor: cursorOf(list.path, next, query.limit) };
  }

  /** The subject itself: a subject has no other ids. @throws ProblemError as a read, 404 for a stranger */
  async externalIds(list: SegmentList, limit: number): Promise<SegmentExternalIds> {
    const project = this.profiles.project(list.project);
    const profile: Profile | ProfileFeatures = await this.profiles.read(project, list.subject, undefined, list.caller);
    if (!profile.known) throw strangerTo(list.subject);
    const createdAt = 'firstSeenAt' in profile ? profile.firstSeenAt : null;
    const id = externalIdOf(list.subject, list.collection);
    return {
      data: [{ ...id, source_id: 'hermes', created_at: createdAt }],
      cursor: cursorOf(list.path, undefined, limit),
    };
  }

  /** @throws ProblemError 400, 403 for a key that may see only some features, 404 for a stranger, 503 */
  async events(
    list: SegmentList,
    query: { readonly limit: number; readonly next?: string | undefined },
    signal: AbortSignal,
  ): Promise<SegmentEvents> {
    const project = this.profiles.project(list.project);
    if (allowedFor(list.caller) !== undefined) throw noEvents();
    const after = query.next === undefined ? undefined : placeOfCursor(query.next);
    if (query.next !== undefined && after === undefined) throw noCursor();
    // A read, so that it counts in the key's quota, and a stranger is told from somebody who has done nothing of late.
    if (!(await this.profiles.read(project, list.subject, '', list.caller)).known) throw strangerTo(list.subject);
    const read = (from: string, to: string | undefined): AsyncIterable<HermesEvent> =>
      this.between(list, from, to, signal);
    const found = await newestEvents(read, query.limit, after, Date.now());
    const page = found.slice(0, query.limit);
    const last = page.at(-1);
    const next = found.length > query.limit && last !== undefined ? cursorOfPlace(last) : undefined;
    const external = [externalIdOf(list.subject, list.collection)];
    return {
      data: page.map(({ id, source, type, time, data }) => ({
        external_ids: external,
        properties: data,
        event: type,
        type: 'track',
        timestamp: time,
        message_id: id,
        source_id: source,
      })),
      cursor: cursorOf(list.path, next, query.limit),
    };
  }

  private async *between(
    { project, subject }: SegmentList,
    from: string,
    to: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<HermesEvent> {
    const opened = await this.history.open(project, { subject, from, to, order: 'subject' }, signal);
    if (opened.kind === 'failed') throw historyProblem(opened.error);
    try {
      yield* opened.events;
    } catch (error) {
      throw error instanceof HistoryError ? historyProblem(error) : error;
    }
  }
}

/** Segment's own words are in it too, for clients that read them. */
const strangerTo = (subject: string): ProblemError =>
  new ProblemError({
    status: 404,
    code: 'not-found',
    title: 'There is no such profile',
    detail: `Nothing was ever seen of '${subject}'.`,
    extra: { error: { code: 'not_found', message: 'Profile was not found.' } },
  });

const noEvents = (): ProblemError =>
  new ProblemError({
    status: 403,
    code: 'events-forbidden',
    title: 'Not allowed',
    detail:
      'This key names the features that it may see; events hold more. Ask an owner of the project for a key without a list of features.',
  });

const noCursor = (): ProblemError =>
  new ProblemError({
    status: 400,
    code: 'invalid-input',
    title: 'The query is not valid',
    detail: "'next' is no cursor of this list: give it as the last answer had it, or leave it out.",
  });
