import type { KafkaMessage } from '@hermes/connectors/kafka/driver';
import { EVENT_HEADERS, type HermesEvent } from '@hermes/contracts/event';
import { eventsTopic } from '@hermes/contracts/topics';

/** An event as ingest writes it on `<project>.events`; what is not given is filled in. */
export function sampleEvent(project: string, given: Partial<HermesEvent> & Pick<HermesEvent, 'id'>): HermesEvent {
  const now = new Date().toISOString();
  return {
    specversion: '1.0',
    source: '/test',
    type: 'deal.signed',
    subject: 'broker:b-1',
    time: now,
    project,
    receivedat: now,
    data: {},
    ...given,
  };
}

/** The record in which ingest puts an event. */
export function eventRecord(event: HermesEvent): KafkaMessage {
  return {
    topic: eventsTopic(event.project),
    key: event.subject,
    value: JSON.stringify(event),
    headers: {
      [EVENT_HEADERS.type]: event.type,
      [EVENT_HEADERS.source]: event.source,
      [EVENT_HEADERS.id]: event.id,
      [EVENT_HEADERS.receivedAt]: event.receivedat,
      [EVENT_HEADERS.acceptedAt]: event.receivedat,
    },
  };
}
