import type { KafkaDriver, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { inboxRecord } from '@hermes/contracts/inbox-record';
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
      await opened.send(events.slice(from, from + CALL_EVENTS).map(inboxRecord));
      reachFault('attributes-sent');
    }
  };
}
