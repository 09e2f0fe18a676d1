import { type HermesEvent, IncomingEvent } from '@hermes/contracts/event';
import { faultsOf } from '@hermes/service-kit/problem';
import { type Receipt, utcMilliseconds } from './receipt.ts';
import { ok, type Read, refused } from './refusal.ts';

/**
 * A CloudEvent in structured JSON as an event of the project. Extension attributes that Hermes does not know are dropped;
 * `receivedat` is always set anew, and a `project` that is not the key's is refused rather than moved.
 */
export function readCloudEvent(item: unknown, receipt: Receipt): Read<HermesEvent> {
  const result = IncomingEvent.safeParse(item);
  if (!result.success) {
    const fault = faultsOf(result.error)[0];
    return refused(
      'invalid-event',
      fault?.pointer ?? '',
      hintFor(fault?.pointer ?? '', fault?.message ?? 'not an event', item),
    );
  }
  const incoming = result.data;
  const claimed = incoming['project'];
  if (claimed !== undefined && claimed !== receipt.project) {
    return refused(
      'wrong-project',
      '/project',
      `The key belongs to the project '${receipt.project}'; leave 'project' out, or send with a key of '${String(claimed)}'.`,
    );
  }
  return ok({
    specversion: '1.0',
    id: incoming.id,
    source: incoming.source,
    type: incoming.type,
    subject: incoming.subject,
    time: incoming.time === undefined ? receipt.receivedAt : utcMilliseconds(incoming.time),
    project: receipt.project,
    receivedat: receipt.receivedAt,
    data: incoming.data,
  });
}

function hintFor(pointer: string, message: string, item: unknown): string {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    return 'An event is a JSON object with specversion, id, source, type, subject and data (CloudEvents 1.0).';
  }
  const attribute = pointer.slice(1);
  if (pointer !== '' && !pointer.slice(1).includes('/') && !(attribute in item)) {
    return attribute === 'specversion'
      ? '\'specversion\' is missing; add "specversion": "1.0".'
      : `'${attribute}' is missing; every event needs specversion, id, source, type, subject and data.`;
  }
  return `'${attribute}' is not right: ${message}.`;
}
