import type { ProfileCause, SegmentChange } from '@hermes/contracts/profile-change';
import { profileChangesTopic } from '@hermes/contracts/topics';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import { lookupIn } from '@hermes/profiles/features/feature-view';
import { membershipChanges } from '@hermes/rules/segments/segment-set';
import type { StepContext } from '@hermes/stream-runtime/logic';
import type { Counting } from './count-event.ts';
import { groupKey, MAIN_GROUP, subjectIn } from './state-of-subject.ts';
import { segmentsKey, SegmentsTold } from './segments-told.ts';

/** The state keys that `decideSegments` reads or writes for a subject; none where there never was a segment. */
export function segmentKeys({ segments, hasSegments }: FeatureSet, subject: string): readonly string[] {
  if (!hasSegments) return [];
  return [segmentsKey(subject), ...segments.groups.map((group) => groupKey(subject, group))];
}

type Deciding = Pick<Counting, 'set' | 'subject' | 'event' | 'stamp' | 'offset'> & {
  readonly context: Counting['context'] & Pick<StepContext<unknown, unknown>, 'set'>;
};

/**
 * Decides after an event in which segments its subject is, and tells where that has changed: when the event may have changed a feature that a segment names, or
 * segments have changed since the subject was last decided on.
 */
export function decideSegments({ context, set, subject, event, stamp, offset }: Deciding): void {
  const { segments, hasSegments } = set;
  if (!hasSegments) return;
  const key = segmentsKey(subject);
  const known = context.get(key);
  const told = known instanceof SegmentsTold ? known : new SegmentsTold(new Map(), '');
  const { revision } = segments.set;
  if (told.revision === revision && !segments.types.has(event.type)) return;
  const main = subjectIn(context.get(groupKey(subject, MAIN_GROUP)));
  // It did not count: whoever was erased is not decided on by what is not there.
  if (main?.erasedAtMs !== undefined && stamp.timeMs <= main.erasedAtMs) return;
  const stateOf = ({ group }: { readonly group: string }) => subjectIn(context.get(groupKey(subject, group)));
  const now = segments.set.membershipsOf(subject, lookupIn(segments.answered, stateOf, stamp.receivedAtMs));
  const changes = membershipChanges(told.memberships, now);
  if (changes.length === 0 && told.revision === revision) return;
  context.set(key, new SegmentsTold(now, revision));
  const cause: ProfileCause = {
    id: event.id,
    source: event.source,
    type: event.type,
    receivedAt: event.receivedat,
    ...(offset === undefined ? {} : { offset }),
  };
  for (const { segment, version, isIn } of changes) {
    const change: SegmentChange = {
      project: context.project,
      subject,
      segment,
      version,
      change: isIn ? 'entered' : 'left',
      cause,
    };
    context.emit({
      topic: profileChangesTopic(context.project),
      key: subject,
      value: JSON.stringify(change),
      headers: { hermes_segment: segment },
      timestampMs: context.wallMs,
    });
  }
}
