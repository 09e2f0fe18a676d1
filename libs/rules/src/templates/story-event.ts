import type { ObservedEvents, ObservedPlace } from '@hermes/contracts/rule-memory';
import { convertPosition, type Position } from '@hermes/itinerary/coordinates';
import type { Observation } from '@hermes/itinerary/observation';
import { sourcesOf } from '@hermes/itinerary/observed-events';

/** The event that an observation is, by the fields and places that `events` names. */
export interface StoryEvent {
  readonly type: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
}

type Data = Record<string, unknown>;

/** Puts a value where a path such as `$.data.home.id` leads; one that does not lead into the data is left out. */
function put(data: Data, path: unknown, value: unknown): void {
  if (typeof path !== 'string' || !path.startsWith('$.data.') || value === undefined) return;
  const steps = path.split('.').slice(2);
  let at = data;
  for (const step of steps.slice(0, -1)) {
    const below = Object.hasOwn(at, step) ? at[step] : undefined;
    const next = typeof below === 'object' && below !== null ? (below as Data) : {};
    Object.defineProperty(at, step, { value: next, enumerable: true, configurable: true, writable: true });
    at = next;
  }
  Object.defineProperty(at, steps.at(-1)!, { value, enumerable: true, configurable: true, writable: true });
}

const rounded = (degrees: number): number => Math.round(degrees * 1e7) / 1e7;

function putPlace(data: Data, place: ObservedPlace | undefined, position: Position | undefined): void {
  if (place === undefined || typeof place === 'string' || position === undefined) return;
  const { longitude, latitude } = convertPosition(position, 'WGS84', place.system);
  put(data, place.longitude, rounded(longitude));
  put(data, place.latitude, rounded(latitude));
}

const MINUTE_MS = 60_000;
const isoOf = (ms: number): string => new Date(ms).toISOString();

/** What stands at a field of an event, where it is not the observation's own. */
function valueOf(observation: Observation, field: string): unknown {
  const own = (observation as unknown as Readonly<Record<string, unknown>>)[field];
  switch (field) {
    case 'startsAt':
      return observation.kind === 'appointment' ? isoOf(observation.startsAtMs) : undefined;
    case 'startedAt':
      return observation.kind === 'showing' ? isoOf(observation.startedAtMs) : undefined;
    case 'endedAt':
      return observation.kind === 'showing' ? isoOf(observation.endedAtMs) : undefined;
    case 'durationMin':
      return observation.kind === 'showing' ? (observation.endedAtMs - observation.startedAtMs) / MINUTE_MS : undefined;
    case 'from':
      return observation.kind === 'route' ? isoOf(observation.fromMs) : undefined;
    case 'until':
      return observation.kind === 'route' ? isoOf(observation.untilMs) : undefined;
    default:
      return own;
  }
}

export function storyEvent(observation: Observation, events: ObservedEvents): StoryEvent {
  const source = sourcesOf(observation.kind, events)[0]!;
  const data: Data = {};
  for (const [field, path] of Object.entries(source)) {
    if (field === 'type' || field === 'system') continue;
    if (field === 'position')
      putPlace(data, path as ObservedPlace, 'position' in observation ? observation.position : undefined);
    else if (field === 'listingPosition')
      putPlace(data, path as ObservedPlace, 'listingPosition' in observation ? observation.listingPosition : undefined);
    else if (field === 'points' && observation.kind === 'route') {
      const system = 'system' in source ? (source.system ?? 'WGS84') : 'WGS84';
      put(
        data,
        path,
        observation.points.map((point) => convertPosition(point, 'WGS84', system)),
      );
    } else put(data, path, valueOf(observation, field));
  }
  return { type: source.type, subject: `broker:${observation.brokerId}`, data };
}
