import type { HermesEvent } from '@hermes/contracts/event';
import { EventTypeName, Subject } from '@hermes/contracts/identifiers';
import { SegmentMessage } from '@hermes/contracts/segment';
import { faultsOf } from '@hermes/service-kit/problem';
import { type Receipt, utcMilliseconds } from './receipt.ts';
import { ok, type Read, refused } from './refusal.ts';

/** The `source` of every event that came through `/v1/batch`; with Segment's `messageId` it is unique. */
export const SEGMENT_SOURCE = 'segment';

/** Types of the messages that do not name their own. */
const TYPES = {
  identify: 'user.identified',
  page: 'page.viewed',
  screen: 'screen.viewed',
  group: 'group.joined',
  alias: 'user.aliased',
} as const;

/**
 * Segment's "Object Action" name as an event type: "Deal Signed" is `deal.signed`. A name that already is an event type
 * stays (`showing.checked_in`); runs of other characters become one dot. Undefined when nothing usable is left.
 */
export function typeOfTrack(name: string): string | undefined {
  if (EventTypeName.safeParse(name).success) return name;
  const words = name
    .toLowerCase()
    .split(/[^a-z0-9_]+/)
    .filter((word) => word !== '');
  const type = words.join('.');
  return EventTypeName.safeParse(type).success ? type : undefined;
}

/**
 * Whom a message is about: a `userId` that is a subject already (`broker:b-17`) as it is, any other as `user:<userId>`, else
 * `anonymous:<anonymousId>`.
 */
function subjectOf(message: SegmentMessage): string | undefined {
  const { userId, anonymousId } = message;
  if (userId !== undefined && userId !== '') {
    const text = String(userId);
    return Subject.safeParse(text).success ? text : `user:${text}`;
  }
  return anonymousId === undefined || anonymousId === '' ? undefined : `anonymous:${anonymousId}`;
}

function dataOf(message: SegmentMessage): Record<string, unknown> {
  switch (message.type) {
    case 'track':
      return message.properties ?? {};
    case 'identify':
      return message.traits ?? {};
    case 'page':
    case 'screen':
      return { ...(message.name === undefined ? {} : { name: message.name }), ...message.properties };
    case 'group':
      return { groupId: message.groupId, ...message.traits };
    case 'alias':
      return { previousId: message.previousId };
  }
}

/** A message of Segment's batch as an event of the project. `context` and `integrations` are not kept. */
export function readSegmentMessage(item: unknown, receipt: Receipt): Read<HermesEvent> {
  const result = SegmentMessage.safeParse(item);
  if (!result.success) {
    const fault = faultsOf(result.error)[0];
    return refused(
      'invalid-message',
      fault?.pointer ?? '',
      `Not a message of Segment's batch: ${fault?.message ?? 'unknown fault'}.`,
    );
  }
  const message = result.data;
  const type = message.type === 'track' ? typeOfTrack(message.event) : TYPES[message.type];
  if (type === undefined) {
    return refused(
      'invalid-message',
      '/event',
      `No event type can be made of '${message.type === 'track' ? message.event : ''}'; use letters, for example "Deal Signed".`,
    );
  }
  const subject = subjectOf(message);
  if (subject === undefined)
    return refused('invalid-message', '/userId', "A message needs 'userId' or 'anonymousId'; send one of them.");
  if (!Subject.safeParse(subject).success) {
    return refused('invalid-message', '/userId', 'A user id has no blanks and at most 250 characters; send another.');
  }
  return ok({
    specversion: '1.0',
    id: message.messageId,
    source: SEGMENT_SOURCE,
    type,
    subject,
    time: message.timestamp === undefined ? receipt.receivedAt : utcMilliseconds(message.timestamp),
    project: receipt.project,
    receivedat: receipt.receivedAt,
    data: dataOf(message),
  });
}
