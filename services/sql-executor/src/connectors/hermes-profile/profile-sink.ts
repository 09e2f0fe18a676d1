import type { KafkaDriver, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { ATTRIBUTES_SET_TYPE, type AttributesSet } from '@hermes/contracts/attributes';
import type { HermesEvent } from '@hermes/contracts/event';
import { inboxRecord } from '@hermes/contracts/inbox-record';
import { type AttributeColumns, attributeRowCheck, attributeRowWriter } from '@hermes/stream-sql/json/attribute-row';
import { reachFault } from '../../worker/fault.ts';
import type { Block, CheckpointPlace, Sink } from '../connector.ts';
import { LineBlocks } from '../lines/line-blocks.ts';

/** Events of one call of the producer. */
const CALL_EVENTS = 500;

/** Whose rows become events. */
export interface AttributeWriter {
  readonly project: string;
  readonly job: string;
}

/**
 * Rows become events on the project's inbox that set attributes, in the order of the rows by subject; acknowledged by all replicas. What a
 * call that failed has written comes again with the next attempt, under the same (source, id). A row that no event can be made of is
 * not taken.
 */
export function profileSink(kafka: KafkaDriver, writer: AttributeWriter, columns: AttributeColumns): Sink {
  const check = attributeRowCheck(columns);
  const blocks = new LineBlocks(attributeRowWriter(columns));
  let opened: KafkaProducer | undefined;
  return {
    check,
    write: (_, row) => blocks.add(row),
    get waiting() {
      return blocks.waiting;
    },
    cut: () => blocks.cut(),
    async deliver(place, cut) {
      opened ??= await kafka.producer();
      for (const [index, block] of cut.entries()) {
        const events = attributeEvents(place, index, block, writer);
        for (let from = 0; from < events.length; from += CALL_EVENTS) {
          await opened.send(events.slice(from, from + CALL_EVENTS).map(inboxRecord));
          reachFault('attributes-sent');
        }
      }
    },
    async close() {
      await opened?.close();
    },
  };
}

type Line = readonly [subject: string, attributes: AttributesSet['attributes']];

/**
 * The events that a block of attribute rows stands for: a function of the checkpoint alone, so that what is sent again after a crash
 * is the same, byte for byte, and (source, id) tells ingest that it has it. Rows of one checkpoint have one instant, that of the
 * checkpoint; their ids sort in the order of the rows.
 */
export function attributeEvents(
  { run, checkpoint, sink, at }: CheckpointPlace,
  index: number,
  block: Block,
  writer: AttributeWriter,
): HermesEvent[] {
  const place = `${run}/${digits(checkpoint, 10)}/${sink}/${digits(index, 4)}`;
  const lines = block.bytes.toString().split('\n').slice(0, -1);
  return lines.map((line, row) => {
    const [subject, attributes] = JSON.parse(line) as Line;
    return {
      specversion: '1.0',
      id: `${place}/${digits(row, 5)}`,
      source: `/sql/${writer.job}`,
      type: ATTRIBUTES_SET_TYPE,
      subject,
      time: at,
      project: writer.project,
      receivedat: at,
      data: { attributes, by: `sql:${writer.job}` } satisfies AttributesSet,
    };
  });
}

const digits = (value: number, length: number): string => String(value).padStart(length, '0');
