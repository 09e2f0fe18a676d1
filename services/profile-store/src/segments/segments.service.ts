import type { Language } from '@hermes/contracts/language';
import { type Segment, type SegmentAudit, SegmentId } from '@hermes/contracts/profile-segment';
import { nearest } from '@hermes/rules/suggestion';
import { checkSegment } from '@hermes/rules/segments/check-segment';
import { both } from '@hermes/rules/words';
import { orUnavailable } from '@hermes/service-kit/postgres-answer';
import { notFound, ProblemError } from '@hermes/service-kit/problem';
import { revisionConflict } from '@hermes/service-kit/revision-etag';
import type { FeaturePublisher } from '../features/feature-publication.ts';
import type { FeaturesService } from '../features/features.service.ts';
import { MAX_SEGMENTS, type SegmentsRepository, type SegmentVersion } from './segments.repository.ts';

const INVALID = both('The segment is not valid', '人群无效');

export interface SegmentsParts {
  readonly segments: SegmentsRepository;
  readonly features: Pick<FeaturesService, 'published'>;
  readonly publisher: Pick<FeaturePublisher, 'publishSoon'>;
  /** A project's, as an IANA name; undefined when there is no such project. */
  readonly timeZoneOf: (project: string) => string | undefined;
}

/** @throws ProblemError 400 `invalid-segment-id` */
function checkedId(id: string): string {
  const checked = SegmentId.safeParse(id);
  if (checked.success) return id;
  throw new ProblemError({
    status: 400,
    code: 'invalid-segment-id',
    title: 'The segment id is not valid',
    detail: checked.error.issues[0]?.message ?? 'a segment id is lower-case letters, digits, "_" and "-"',
  });
}

/** Segments as people write them: checked, then in force between two steps of each partition. */
export class SegmentsService {
  private readonly parts: SegmentsParts;
  constructor(parts: SegmentsParts) {
    this.parts = parts;
  }

  list(project: string): Promise<readonly Segment[]> {
    return orUnavailable(this.parts.segments.list(project));
  }

  /** @throws ProblemError 404, 503 */
  async get(project: string, id: string): Promise<Segment> {
    const found = await orUnavailable(this.parts.segments.find(project, id));
    if (found === undefined) throw await this.unknown(project, id);
    return found;
  }

  /**
   * Publishes a new version, or the first one under this id. The same again publishes nothing.
   *
   * @throws ProblemError 400 `invalid-segment` with everything that is wrong, `invalid-segment-id`, 404, 409 `too-many-segments`, 412, 503
   */
  async put(
    project: string,
    id: string,
    input: unknown,
    by: string,
    language: Language,
    expected?: number,
  ): Promise<{ readonly segment: Segment; readonly isNew: boolean }> {
    const { segments, features, publisher, timeZoneOf } = this.parts;
    checkedId(id);
    const timeZone = timeZoneOf(project);
    if (timeZone === undefined) throw notFound('project', project);
    const checked = checkSegment(input, await features.published(project), timeZone, language);
    if (checked.kind === 'rejected') {
      const [first, ...others] = checked.problems;
      const more = others.length === 0 ? '' : ` (+${others.length})`;
      throw new ProblemError({
        status: 400,
        code: 'invalid-segment',
        title: INVALID[language],
        detail: `${first?.pointer ?? ''}: ${first?.message ?? ''}${more}`,
        extra: { errors: checked.problems },
      });
    }
    const saved = await orUnavailable(segments.save(project, id, checked.draft, by, expected));
    if (saved.kind === 'conflict') throw revisionConflict('segment', id, saved.version);
    if (saved.kind === 'too-many')
      throw new ProblemError({
        status: 409,
        code: 'too-many-segments',
        title: 'There are too many segments',
        detail: `A project has at most ${MAX_SEGMENTS} segments: delete one that nobody asks for.`,
      });
    if (saved.kind === 'published') await publisher.publishSoon(project);
    return { segment: saved.segment, isNew: saved.kind === 'published' && saved.isNew };
  }

  /** @throws ProblemError 404, 412, 503 */
  async delete(project: string, id: string, by: string, expected?: number): Promise<void> {
    const deleted = await orUnavailable(this.parts.segments.delete(project, id, by, expected));
    if (deleted.kind === 'conflict') throw revisionConflict('segment', id, deleted.version);
    if (deleted.kind === 'missing') throw await this.unknown(project, id);
    await this.parts.publisher.publishSoon(project);
  }

  /** Newest first, of a deleted one too. @throws ProblemError 404, 503 */
  async versions(project: string, id: string): Promise<readonly SegmentVersion[]> {
    const versions = await orUnavailable(this.parts.segments.versions(project, id));
    if (versions.length === 0) throw await this.unknown(project, id);
    return versions;
  }

  /** Newest first, of a deleted one too. @throws ProblemError 404, 503 */
  async audit(project: string, id: string, limit: number): Promise<SegmentAudit['audit']> {
    const audit = await orUnavailable(this.parts.segments.audit(project, id, limit));
    if (audit.length === 0) throw await this.unknown(project, id);
    return audit;
  }

  private async unknown(project: string, id: string): Promise<ProblemError> {
    const meant = nearest(
      id,
      (await this.list(project)).map((segment) => segment.id),
    );
    return notFound('segment', id, meant === undefined ? '' : `Did you mean '${meant}'?`);
  }
}
