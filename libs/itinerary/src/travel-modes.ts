import { choiceField, numberField, type ParametersOf, text } from './parameters.ts';

/** Ways to travel, slowest first. */
export const TRAVEL_MODES = ['walking', 'driving', 'train', 'plane'] as const;
export type TravelMode = (typeof TRAVEL_MODES)[number];

export const MODE_TITLES: Readonly<Record<TravelMode, { readonly en: string; readonly zh: string }>> = {
  walking: text('walking', '步行'),
  driving: text('driving', '驾车'),
  train: text('train', '火车'),
  plane: text('plane', '飞机'),
};

/** The fastest way that is believed, and how fast each can be. */
export const modeFields = {
  fastestMode: choiceField(text('Fastest way of travel that is allowed', '允许的最快出行方式'), MODE_TITLES, 'driving'),
  walkingKmh: numberField(text('Walking, at most', '步行上限'), 'kmh', { default: 15, min: 1, max: 50 }),
  drivingKmh: numberField(text('Driving, at most', '驾车上限'), 'kmh', { default: 150, min: 20, max: 400 }),
  trainKmh: numberField(text('Train, at most', '火车上限'), 'kmh', { default: 350, min: 50, max: 700 }),
  planeKmh: numberField(text('Plane, at most', '飞机上限'), 'kmh', { default: 1_000, min: 100, max: 3_000 }),
} as const;

export type ModeParameters = ParametersOf<typeof modeFields>;

export const speedLimitKmh = (mode: TravelMode, parameters: ModeParameters): number => parameters[`${mode}Kmh`];

/** The slowest way of travel that is fast enough; undefined when none is. */
export const modeThatExplains = (speedKmh: number, parameters: ModeParameters): TravelMode | undefined =>
  TRAVEL_MODES.find((mode) => speedKmh <= speedLimitKmh(mode, parameters));

/** What is wrong with the limits together; undefined when nothing is. */
export const modesOutOfOrder = (parameters: ModeParameters): string | undefined =>
  TRAVEL_MODES.every(
    (mode, i) => i === 0 || speedLimitKmh(TRAVEL_MODES[i - 1]!, parameters) < speedLimitKmh(mode, parameters),
  )
    ? undefined
    : 'Walking has to be slower than driving, driving than a train, a train than a plane';
