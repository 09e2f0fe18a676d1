import type { KafkaDriver, KafkaMessage, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { EVENT_HEADERS, type HermesEvent } from '@hermes/contracts/event';
import { inboxTopic } from '@hermes/contracts/topics';
import { attributeEvents, type AttributeWriter } from './attribute-events.ts';
import type { SendBlock } from './deliver.ts';
import { reachFault } from './fault.ts';

/** Events of one call of the producer. */
const CALL_EVENTS = 500;

/**
 * Puts blocks of attribute rows on the project's inbox, in the order of the rows by subject; acknowledged by all replicas. What a
 * call that failed has written comes again with the next attempt, under the same (source, id).
 */
export function attributeBlocks(kafka: KafkaDriver, writer: AttributeWriter): SendBlock {
  let opened: KafkaProducer | undefined;
  return async (checkpoint, index) => {
    opened ??= await kafka.producer();
    const events = attributeEvents(checkpoint, index, writer);
    for (let from = 0; from < events.length; from += CALL_EVENTS) {
      await opened.send(events.slice(from, from + CALL_EVENTS).map(inboxMessage));
      reachFault('attributes-sent');
    }
  };
}

/** As ingest's own door writes it. The producer chooses the partition by the key, as the contract's partitionOf does. */
function inboxMessage(event: HermesEvent): KafkaMessage {
  return {
    topic: inboxTopic(event.project),
    key: event.subject,
    value: JSON.stringify(event),
    headers: {
      [EVENT_HEADERS.type]: event.type,
      [EVENT_HEADERS.source]: event.source,
      [EVENT_HEADERS.id]: event.id,
      [EVENT_HEADERS.receivedAt]: event.receivedat,
    },
    timestampMs: Date.parse(event.receivedat),
  };
}
