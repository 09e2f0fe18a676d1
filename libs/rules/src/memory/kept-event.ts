import { boundedData, MAX_DATA_BYTES } from '@hermes/contracts/bounded-data';
import type { HermesEvent } from '@hermes/contracts/event';

/** What is kept of an event; its data are cut when they are long. */
export interface KeptEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly receivedat: string;
  /** Of an event that a rule emitted: what comes of it goes on counting. */
  readonly hermesdepth?: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An event that time may decide on: conditions are asked of what is kept of it. */
export const MAX_WAITING_BYTES = 4_096;

/** What is kept of it. @param mostBytes - of its data as JSON */
export function kept(event: HermesEvent, mostBytes = MAX_DATA_BYTES): KeptEvent {
  const { id, source, type, subject, time, receivedat, hermesdepth } = event;
  const data = JSON.parse(boundedData(event.data, mostBytes)) as KeptEvent['data'];
  const fields = { id, source, type, subject, time, receivedat, data };
  return hermesdepth === undefined ? fields : { ...fields, hermesdepth };
}

/** Without its data: of what takes too much room it is left that it was there. */
export const withoutData = (event: KeptEvent): KeptEvent => ({ ...event, data: {} });

/** The event again, as conditions see it. */
export const eventOf = (event: KeptEvent, project: string): HermesEvent => ({ specversion: '1.0', project, ...event });

/** Whether it is the same event, sent again. */
export const isSameEvent = (one: KeptEvent, other: Pick<HermesEvent, 'id' | 'source'>): boolean =>
  one.id === other.id && one.source === other.source;

export const receivedMsOf = ({ receivedat }: Pick<HermesEvent, 'receivedat'>): number => Date.parse(receivedat);
