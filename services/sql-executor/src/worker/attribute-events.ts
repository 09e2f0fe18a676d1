import { ATTRIBUTES_SET_TYPE, type AttributesSet } from '@hermes/contracts/attributes';
import type { HermesEvent } from '@hermes/contracts/event';
import type { Checkpoint } from './manifest.ts';

/** Whose rows become events. */
export interface AttributeWriter {
  readonly project: string;
  readonly job: string;
}

type Line = readonly [subject: string, attributes: AttributesSet['attributes']];

/**
 * The events that a block of attribute rows stands for: a function of the checkpoint alone, so that what is sent again after a crash
 * is the same, byte for byte, and (source, id) tells ingest that it has it. Rows of one checkpoint have one instant, that of the
 * checkpoint; their ids sort in the order of the rows.
 */
export function attributeEvents(checkpoint: Checkpoint, index: number, writer: AttributeWriter): HermesEvent[] {
  const { run, number, at } = checkpoint;
  const place = `${run}/${digits(number, 10)}/${digits(index, 4)}`;
  const lines = checkpoint.blocks[index]!.bytes.toString().split('\n').slice(0, -1);
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
