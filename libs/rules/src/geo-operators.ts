import type { Bilingual } from '@hermes/contracts/event-type';
import type { RuleOperator } from '@hermes/contracts/rule';
import type { Position } from '@hermes/itinerary/coordinates';
import { distanceKm } from '@hermes/itinerary/distance';
import booleanPointInPolygon from '@turf/boolean-point-in-polygon';
import { isRelative } from './fact-reference.ts';
import type { Operator } from './operators.ts';
import { VALUE_SAYS } from './rule-words.ts';
import { FALSE, UNDECIDABLE, type Verdict, verdictOf } from './verdict.ts';

/** More corners than a district has on a map. */
export const MAX_CORNERS = 1_000;

const isWithin = (value: unknown, most: number): value is number =>
  typeof value === 'number' && value >= -most && value <= most;

/** An object's `longitude` and `latitude` in degrees; undefined: it has neither, or is no object. */
function positionIn(value: unknown): Position | 'invalid' | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { longitude, latitude } = value as Partial<Record<keyof Position, unknown>>;
  if (longitude === undefined && latitude === undefined) return undefined;
  return isWithin(longitude, 180) && isWithin(latitude, 90) ? { longitude, latitude } : 'invalid';
}

const isPosition = (value: unknown): value is Position => typeof positionIn(value) === 'object';

/** What has no position is nowhere; one that is no numbers, or not on earth, cannot be decided. */
function ofPositions(compare: (position: Position, expected: unknown) => Verdict): Operator {
  return (actual, expected) => {
    const position = positionIn(actual);
    if (position === undefined) return FALSE;
    return position === 'invalid' ? UNDECIDABLE : compare(position, expected);
  };
}

type Corner = readonly [longitude: number, latitude: number];

/** A ring of at least three corners, `[longitude, latitude]` as in GeoJSON. */
const isRing = (value: unknown): value is readonly Corner[] =>
  Array.isArray(value) &&
  value.length >= 3 &&
  value.length <= MAX_CORNERS &&
  value.every(
    (corner: unknown) =>
      Array.isArray(corner) && corner.length === 2 && isWithin(corner[0], 180) && isWithin(corner[1], 90),
  );

interface Polygon {
  readonly type: 'Polygon';
  readonly coordinates: number[][][];
}
const polygons = new WeakMap<readonly unknown[], Polygon | null>();

function polygonOf(value: unknown): Polygon | undefined {
  if (!Array.isArray(value)) return undefined;
  let polygon = polygons.get(value);
  if (polygon === undefined) {
    // GeoJSON's rings end where they begin; one that does already is none the worse for it.
    polygon = isRing(value)
      ? { type: 'Polygon', coordinates: [[...value, value[0]!].map((corner) => [...corner])] }
      : null;
    polygons.set(value, polygon);
  }
  return polygon ?? undefined;
}

export const GEO_OPERATORS = {
  withinKm: ofPositions((position, expected) => {
    if (!isRelative(expected) || !isPosition(expected.of) || !isDistance(expected['km'])) return UNDECIDABLE;
    return verdictOf(distanceKm(position, expected.of) <= expected['km']);
  }),
  insidePolygon: ofPositions(({ longitude, latitude }, expected) => {
    const polygon = polygonOf(expected);
    return polygon === undefined ? UNDECIDABLE : verdictOf(booleanPointInPolygon([longitude, latitude], polygon));
  }),
} satisfies Partial<Record<RuleOperator, Operator>>;

const isDistance = (value: unknown): value is number =>
  typeof value === 'number' && value > 0 && Number.isFinite(value);

/** What is wrong with the literal that such an operator compares with, in words; `of` may be a place of the event. */
export function geoValueProblem(
  operator: string,
  value: unknown,
  isPlace: (value: unknown) => boolean,
): Bilingual | undefined {
  if (operator === 'insidePolygon') return isRing(value) ? undefined : VALUE_SAYS.polygon(MAX_CORNERS);
  if (!isRelative(value) || !isDistance(value['km']) || Object.keys(value).length > 2) return VALUE_SAYS.withinKm;
  return isPlace(value.of) || isPosition(value.of) ? undefined : VALUE_SAYS.withinKm;
}
