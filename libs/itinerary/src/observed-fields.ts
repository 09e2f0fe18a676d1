import type { HermesEvent } from '@hermes/contracts/event';
import type { ObservedPlace } from '@hermes/contracts/rule-memory';
import type { Position } from './coordinates.ts';
import { placeIn } from './event-place.ts';

/** What of an event checks look at. */
export type ObservedEvent = Pick<HermesEvent, 'id' | 'type' | 'subject' | 'time' | 'receivedat' | 'data'>;

/** A longer id is none: the states of checks hold many, and are bounded. */
const MAX_ID_LENGTH = 128;

/** What stands at a plain path such as `$.data.listingId`; own properties only. */
export function fieldAt(event: ObservedEvent, path: string | undefined): unknown {
  let at: unknown = path === undefined ? undefined : event;
  for (const key of path?.split('.').slice(1) ?? []) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[key];
  }
  return at;
}

export function idAt(event: ObservedEvent, path: string | undefined): string | undefined {
  const value = fieldAt(event, path);
  const id = typeof value === 'number' ? String(value) : value;
  return typeof id === 'string' && id !== '' && id.length <= MAX_ID_LENGTH ? id : undefined;
}

/** `b-17`, of the subject `broker:b-17` too. */
export function brokerAt(event: ObservedEvent, path: string | undefined): string | undefined {
  const id = idAt(event, path);
  if (path === '$.subject') return id?.slice(id.indexOf(':') + 1);
  return id?.startsWith('broker:') === true ? id.slice('broker:'.length) : id;
}

export function numberAt(event: ObservedEvent, path: string | undefined, least = 0): number | undefined {
  const value = fieldAt(event, path);
  return typeof value === 'number' && Number.isFinite(value) && value >= least ? value : undefined;
}

export const isTrueAt = (event: ObservedEvent, path: string | undefined): true | undefined =>
  fieldAt(event, path) === true ? true : undefined;

const OFFSET = /(?:Z|[+-]\d\d:?\d\d)$/iu;

/** An instant that says its offset, ms since the epoch. */
export function instantAt(event: ObservedEvent, path: string | undefined): number | undefined {
  const value = fieldAt(event, path);
  if (typeof value !== 'string' || value.length > 40 || !OFFSET.test(value)) return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}

/** A place in WGS84. A place that is still a name is nowhere: it is written out when a rule is saved. */
export function placeAt(event: ObservedEvent, place: ObservedPlace | undefined): Position | undefined {
  if (place === undefined || typeof place === 'string') return undefined;
  const { longitude, latitude, system } = place;
  const data = { longitude: fieldAt(event, longitude), latitude: fieldAt(event, latitude) };
  return placeIn(data, { name: '', longitude: 'longitude', latitude: 'latitude', system });
}
