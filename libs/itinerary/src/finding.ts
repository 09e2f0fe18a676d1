import type { Bilingual } from '@hermes/contracts/event-type';
import type { Position } from './coordinates.ts';

/** What a check can find. */
export type FindingKind =
  | 'impossible-travel'
  | 'check-in-far-away'
  | 'showing-without-check-in'
  | 'check-in-without-appointment'
  | 'overlapping-showings'
  | 'no-show'
  | 'unusual-showing-length'
  | 'off-route'
  | 'stationary'
  | 'mocked-position'
  | 'shared-device'
  | 'poached-customer';

/** [longitude, latitude] in WGS84, as GeoJSON orders them. */
export type Coordinate = readonly [longitude: number, latitude: number];

/** One thing on a map; `role` says what it stands for, so that a map can colour it. */
export type MapShape =
  | { readonly type: 'Point'; readonly coordinates: Coordinate; readonly role: ShapeRole }
  | { readonly type: 'LineString'; readonly coordinates: readonly Coordinate[]; readonly role: ShapeRole };

export type ShapeRole = 'from' | 'to' | 'jump' | 'listing' | 'check-in' | 'planned-route' | 'track' | 'stay';

/** What a check has found. A value: what is done about it is for rules to say. */
export interface Finding {
  readonly kind: FindingKind;
  /** When it happened, by the observations' own times; ms since the epoch. */
  readonly timeMs: number;
  /** Who and what is concerned: brokers, showings, listings. Subjects such as `broker:b-17`. */
  readonly concerns: readonly string[];
  /** One sentence for people, with the numbers in it. */
  readonly reason: Bilingual;
  /** What the check saw; each name ends in its unit. */
  readonly numbers: Readonly<Record<string, number>>;
  /** What it saw in words: `explainedBy: train`, `signal: perfect-line`. */
  readonly labels: Readonly<Record<string, string>>;
  /** How many times the limit; 1 where something is there or is not. */
  readonly strength: number;
  readonly shapes: readonly MapShape[];
}

export const coordinateOf = ({ longitude, latitude }: Position): Coordinate => [longitude, latitude];

export const pointShape = (at: Position, role: ShapeRole): MapShape => ({
  type: 'Point',
  coordinates: coordinateOf(at),
  role,
});

export const lineShape = (points: readonly Position[], role: ShapeRole): MapShape => ({
  type: 'LineString',
  coordinates: points.map(coordinateOf),
  role,
});

/** A number for a sentence: at most `digits` after the point, and none where they say nothing. */
export const spoken = (value: number, digits = 1): string => String(Number(value.toFixed(digits)));
