import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { type AttributesSet } from '@hermes/contracts/attributes';
import { EVENT_HEADERS, HermesEvent } from '@hermes/contracts/event';
import { inboxTopic } from '@hermes/contracts/topics';
import { dealEvent } from './deals.ts';

/** Each signed deal becomes attributes of its broker. */
export const ATTRIBUTE_JOB = `
CREATE TABLE events (subject STRING, \`type\` STRING, data ROW<dealId STRING, line STRING, totalPriceCny DECIMAL(15, 2), areaM2 DOUBLE>)
WITH ('connector' = 'kafka', 'topic' = '\${project}.events', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
CREATE TABLE brokers (subject STRING NOT NULL, last_deal STRING, line STRING, price DECIMAL(15, 2), area DOUBLE, PRIMARY KEY (subject) NOT ENFORCED)
WITH ('connector' = 'hermes-profile');
INSERT INTO brokers SELECT subject, data.dealId, data.line, data.totalPriceCny, data.areaM2 FROM events WHERE \`type\` = 'deal.signed';`;

/** What the inbox must hold of deals 0 to `count` (not with it), by subject in the order of the deals. */
export function expectedAttributes(project: string, count: number): Map<string, AttributesSet['attributes'][]> {
  const found = new Map<string, AttributesSet['attributes'][]>();
  for (let n = 0; n < count; n++) {
    const { type, subject, data } = dealEvent(project, n);
    if (type !== 'deal.signed') continue;
    const attributes = {
      last_deal: data['dealId'] as string,
      line: data['line'] as string,
      price: Number(data['totalPriceCny']),
      area: data['areaM2'] as number,
    };
    found.set(subject, [...(found.get(subject) ?? []), attributes]);
  }
  return found;
}

/** Reads a project's inbox as ingest does: the first of each (source, id) counts. */
export class InboxReader {
  readonly events: HermesEvent[] = [];
  /** Records that came again, and those of them that were not the same byte for byte. */
  repeats = 0;
  readonly changed: string[] = [];
  private readonly values = new Map<string, string>();
  private end: () => Promise<void> = async () => undefined;

  static async open(kafka: KafkaDriver, project: string): Promise<InboxReader> {
    const reader = new InboxReader();
    const follower = await kafka.follow({
      topic: inboxTopic(project),
      onRecord: (record) => {
        const value = record.value!.toString();
        const event = HermesEvent.parse(JSON.parse(value));
        const name = `${record.headers[EVENT_HEADERS.source]?.toString()} ${record.headers[EVENT_HEADERS.id]?.toString()}`;
        const place = `${record.partition} ${record.timestampMs} ${record.key?.toString()} ${value}`;
        if (name !== `${event.source} ${event.id}` || record.key?.toString() !== event.subject)
          reader.changed.push(name);
        const before = reader.values.get(name);
        if (before === undefined) {
          reader.values.set(name, place);
          reader.events.push(event);
        } else {
          reader.repeats++;
          if (before !== place) reader.changed.push(name);
        }
      },
    });
    reader.end = () => follower.close();
    return reader;
  }

  /** Attributes by subject, in the order of arrival. */
  bySubject(): Map<string, unknown[]> {
    const found = new Map<string, unknown[]>();
    for (const { subject, data } of this.events)
      found.set(subject, [...(found.get(subject) ?? []), data['attributes']]);
    return found;
  }

  close(): Promise<void> {
    return this.end();
  }
}
