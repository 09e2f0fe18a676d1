import type { Feature, FeatureCompute } from '@hermes/contracts/feature';
import { durationMs } from '@hermes/contracts/feature';
import { ATTRIBUTES_SET_TYPE } from '@hermes/contracts/attributes';
import { convertPosition } from '@hermes/itinerary/coordinates';
import { compileCondition } from '@hermes/rules/condition';
import { inTimeZone } from '@hermes/rules/in-time-zone';
import { compilePath, type PathReader } from '@hermes/rules/json-path';
import { TRUE } from '@hermes/rules/verdict';
import type { Aggregate } from './aggregate.ts';
import { count, rate, timeSince } from './count.ts';
import { distinctCount } from './distinct-count.ts';
import { ewma } from './ewma.ts';
import { geoCentroid, placeOf } from './geo-centroid.ts';
import { type KeyReader, keyReader } from './key-reader.ts';
import { last, lastN, lastNWithEvents, set } from './last-n.ts';
import { first } from './first.ts';
import type { SeriesKind } from './series.ts';
import { avg, max, min, sum } from './sum.ts';
import { topK } from './top-k.ts';
import { tilingOf } from './window.ts';

/** What a feature sees of an event's data: the same object as the rules see. */
export type EventFact = Readonly<Record<string, unknown>> & { readonly type: string };

/** A feature ready to count. */
export interface CompiledFeature extends SeriesKind {
  readonly feature: Feature;
  readonly slot: number;
  readonly group: string;
  /** Event types that it looks at, direct attribute writes included. */
  readonly types: readonly string[];
  /** Whether an event of one of the types counts. */
  passes(event: EventFact): boolean;
  /** What the aggregate gets. */
  valueIn(event: EventFact): unknown;
  /** The subject whose feature the event changes, when it is not the event's own; undefined when the field is missing or no id. */
  keyIn: KeyReader | undefined;
}

/** Ratios have no state: they are divided when read. */
export const isRatio = (
  feature: Feature,
): feature is Feature & { compute: Extract<FeatureCompute, { kind: 'ratio' }> } => feature.compute.kind === 'ratio';

// A state type goes in and out of its own aggregate only; see SeriesKind.
const opaque = <S>(aggregate: Aggregate<S>): Aggregate<unknown> => aggregate as unknown as Aggregate<unknown>;

function aggregateOf(compute: FeatureCompute): Aggregate<unknown> {
  switch (compute.kind) {
    case 'count':
      return opaque(count);
    case 'sum':
      return opaque(sum);
    case 'avg':
      return opaque(avg);
    case 'min':
      return opaque(min);
    case 'max':
      return opaque(max);
    case 'first':
      return opaque(first);
    case 'last':
      return opaque(last);
    case 'last-n':
      return opaque(compute.withEvents === true ? lastNWithEvents(compute.n) : lastN(compute.n));
    case 'distinct-count':
      return opaque(distinctCount);
    case 'top-k':
      return opaque(topK(compute.k));
    case 'rate':
      return opaque(rate(compute.per));
    case 'ewma':
      return opaque(ewma(durationMs(compute.halfLife)));
    case 'time-since':
      return opaque(timeSince);
    case 'set':
      return opaque(set);
    case 'set-once':
      return opaque(first);
    case 'geo-centroid':
      return opaque(geoCentroid);
    case 'ratio':
      throw new Error('a ratio has no state');
  }
}

function valueReader({ id, compute }: Feature): (event: EventFact) => unknown {
  if (compute.kind === 'geo-centroid') {
    const [longitude, latitude] = [compilePath(compute.longitude), compilePath(compute.latitude)];
    return (event) => {
      const place = placeOf(longitude(event), latitude(event));
      return place === undefined ? undefined : convertPosition(place, compute.system, 'WGS84');
    };
  }
  if (compute.kind === 'set' || compute.kind === 'set-once') return attributeReader(id, compute);
  return 'path' in compute ? onceForEach(compute.path) : () => undefined;
}

/** The newest reading of a path: features that look at one place of an event are counted one after another (`valuePlace`). */
let readPath: string | undefined;
let readEvent: unknown;
let readValue: unknown;

function onceForEach(path: string): PathReader {
  const read = compilePath(path);
  return (event) => {
    if (event !== readEvent || path !== readPath) {
      readValue = read(event);
      readPath = path;
      readEvent = event;
    }
    return readValue;
  };
}

/** By which features are put in the order of counting: what looks at one place of an event stands together. */
export const valuePlace = ({ feature: { compute } }: CompiledFeature): string =>
  'path' in compute ? (compute.path ?? '') : '';

/** An attribute's value comes from a field of the event, or from the direct write that names it. */
function attributeReader(
  id: string,
  compute: Extract<FeatureCompute, { kind: 'set' | 'set-once' }>,
): (event: EventFact) => unknown {
  const read: PathReader = compute.path === undefined ? () => undefined : compilePath(compute.path);
  const isWritable = compute.writable !== undefined;
  return (event) => {
    if (!isWritable || event.type !== ATTRIBUTES_SET_TYPE) return read(event);
    const { attributes } = event['data'] as { readonly attributes: Readonly<Record<string, unknown>> };
    return Object.hasOwn(attributes, id) ? attributes[id] : undefined;
  };
}

/**
 * Compiles a feature that `checkFeature` has passed.
 *
 * @throws Error for any other, and for a ratio
 */
export function compileFeature(feature: Feature): CompiledFeature {
  const { compute } = feature;
  const condition =
    feature.filter === undefined
      ? undefined
      : compileCondition(inTimeZone(feature.filter, feature.timeZone), '/filter');
  const isWritable = (compute.kind === 'set' || compute.kind === 'set-once') && compute.writable !== undefined;
  return {
    feature,
    slot: feature.slot,
    group: feature.group,
    types: isWritable ? [...feature.eventTypes, ATTRIBUTES_SET_TYPE] : feature.eventTypes,
    aggregate: aggregateOf(compute),
    tiling: tilingOf(feature.window, feature.timeZone),
    ttlMs: feature.ttl === undefined ? undefined : durationMs(feature.ttl),
    lateLimitMs: feature.lateLimit === undefined ? undefined : durationMs(feature.lateLimit),
    passes:
      condition === undefined
        ? () => true
        : (event) => (isWritable && event.type === ATTRIBUTES_SET_TYPE) || condition.test({ event }) === TRUE,
    valueIn: valueReader(feature),
    keyIn: feature.key.kind === 'subject' ? undefined : keyReader(feature.key),
  };
}
