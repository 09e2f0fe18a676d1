import type { ProjectRecord } from '@hermes/contracts/control';
import type { Profile, ProfileFeatures } from '@hermes/contracts/profile';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import type { CallerIdentity } from '@hermes/service-kit/access';
import type { ControlCopy } from '@hermes/service-kit/control-copy';
import { notFound, unavailable } from '@hermes/service-kit/problem';
import { type ShownSegments, shownSegments } from '../segments/visible-segments.ts';
import type { Asked } from './asked-features.ts';
import { allowedFor, AskedCache } from './read-access.ts';
import { featuresJson, profileFeatures, wholeJson, wholeProfile } from './profile-answer.ts';
import type { PastProfiles } from './past-profiles.ts';
import type { ProfilesRepository, StoredProfile } from './profiles.repository.ts';
import type { ReadQuota } from './read-quota.ts';

export interface ReadingParts {
  readonly control: Pick<ControlCopy, 'project'>;
  readonly repository: ProfilesRepository;
  /** The project's newest published features; undefined before they were read. */
  readonly features: (project: string) => FeatureSet | undefined;
  readonly quota: ReadQuota;
  readonly past: PastProfiles;
}

/** Reading profiles: who may see what, how often, and what it is worth now. */
export class ProfilesService {
  private readonly parts: ReadingParts;
  private readonly asked = new AskedCache();

  constructor(parts: ReadingParts) {
    this.parts = parts;
  }

  /** @throws ProblemError 404 */
  project(id: string): ProjectRecord {
    const project = this.parts.control.project(id);
    if (project === undefined) throw notFound('project', id);
    return project;
  }

  /** The features that a caller's question names. @throws ProblemError 404, 403, 503 */
  askedOf(project: ProjectRecord, ids: string | undefined, caller: CallerIdentity): Asked {
    const set = this.parts.features(project.id);
    if (set === undefined) throw unavailable("The project's features", new Error('they have not been read yet'));
    return this.asked.resolve(set, ids, caller);
  }

  /** @throws ProblemError 404, 403, 429, 503 */
  async read(
    project: ProjectRecord,
    subject: string,
    ids: string | undefined,
    caller: CallerIdentity,
  ): Promise<Profile | ProfileFeatures> {
    const asked = this.askedOf(project, ids, caller);
    const shown = this.shown(project, ids, caller);
    const [stored] = await this.stored(project, [subject], asked, caller);
    return (isWhole(ids, caller) ? wholeProfile : profileFeatures)(project.id, stored!, asked, Date.now(), shown);
  }

  /** `read` as JSON. @throws ProblemError as it */
  async readJson(
    project: ProjectRecord,
    subject: string,
    ids: string | undefined,
    caller: CallerIdentity,
  ): Promise<string> {
    const asked = this.askedOf(project, ids, caller);
    const shown = this.shown(project, ids, caller);
    const [stored] = await this.stored(project, [subject], asked, caller);
    return (isWhole(ids, caller) ? wholeJson : featuresJson)(project.id, stored!, asked, Date.now(), shown);
  }

  /**
   * `readJson` of named features by a caller without a quota, for the short way; at once when the profile is in memory.
   *
   * @returns undefined when the question will be refused: `readJson` says why
   * @throws ProblemError 503
   */
  readPlain(
    project: ProjectRecord,
    subject: string,
    ids: string,
    caller: CallerIdentity,
  ): string | Promise<string> | undefined {
    const set = this.parts.features(project.id);
    const asked = set === undefined ? undefined : this.asked.resolved(set, ids, caller);
    if (asked === undefined) return undefined;
    const here = this.parts.repository.readHere(project, subject, asked);
    return here === undefined
      ? this.readStored(project, subject, asked)
      : featuresJson(project.id, here, asked, Date.now());
  }

  private async readStored(project: ProjectRecord, subject: string, asked: Asked): Promise<string> {
    const read = await this.parts.repository.readStored(project, [subject], asked);
    if (read.kind === 'unavailable') throw unavailable('Redis', read.cause);
    return featuresJson(project.id, read.profiles[0]!, asked, Date.now());
  }

  /** Features of several subjects, in their order, as a JSON array. @throws ProblemError as `read` */
  async readManyJson(
    project: ProjectRecord,
    subjects: readonly string[],
    ids: string | undefined,
    caller: CallerIdentity,
  ): Promise<string> {
    const asked = this.askedOf(project, ids, caller);
    const shown = this.shown(project, ids, caller);
    const stored = await this.stored(project, subjects, asked, caller);
    const nowMs = Date.now();
    return `[${stored.map((profile) => featuresJson(project.id, profile, asked, nowMs, shown)).join(',')}]`;
  }

  /** What a read would have answered at `at`, recomputed from history, as JSON. @throws ProblemError as `read`, and 400 for the instant */
  async readJsonAt(
    project: ProjectRecord,
    subject: string,
    ids: string | undefined,
    caller: CallerIdentity,
    at: string,
  ): Promise<string> {
    const asked = this.askedOf(project, ids, caller);
    const shown = this.shown(project, ids, caller);
    const atMs = this.parts.past.instantOf(at, Date.now());
    await this.parts.quota.take(caller, 1);
    const stored = await this.parts.past.read(project, subject, asked, atMs);
    return (isWhole(ids, caller) ? wholeJson : featuresJson)(project.id, stored, asked, atMs, shown);
  }

  /** The segments that go into the answer: of whoever names no features, those by features that it may see. None in a project that never had one. */
  private shown(project: ProjectRecord, ids: string | undefined, caller: CallerIdentity): ShownSegments | undefined {
    const set = ids === undefined ? this.parts.features(project.id) : undefined;
    return set?.hasSegments === true ? shownSegments(set, allowedFor(caller)) : undefined;
  }

  private async stored(
    project: ProjectRecord,
    subjects: readonly string[],
    asked: Asked,
    caller: CallerIdentity,
  ): Promise<readonly StoredProfile[]> {
    await this.parts.quota.take(caller, subjects.length);
    const read = await this.parts.repository.read(project, subjects, asked);
    if (read.kind === 'unavailable') throw unavailable('Redis', read.cause);
    return read.profiles;
  }
}

/** Whoever names features, or may see only some, does not get the activity: it holds the data of events. */
const isWhole = (ids: string | undefined, caller: CallerIdentity): boolean =>
  ids === undefined && allowedFor(caller) === undefined;
