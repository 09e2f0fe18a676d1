import { numberField, type ParametersOf, text } from './parameters.ts';

/** How far a fix may be from where it says, by every check that compares positions. */
export const accuracyFields = {
  accuracyFactorTimes: numberField(
    text('Stated accuracy counts this many times', '定位精度按此倍数计入'),
    'times',
    // The stated radius holds 68 %; twice that holds all but one fix in a hundred of a normal error in two dimensions.
    { default: 2, min: 0, max: 10 },
  ),
  assumedAccuracyM: numberField(
    text('Accuracy of a fix that states none, at least', '未给出精度时假定的最低精度'),
    'm',
    {
      default: 50,
      min: 0,
      max: 5_000,
    },
  ),
  leastAccuracyM: numberField(text('A stated accuracy below this is not believed', '低于此值的精度不采信'), 'm', {
    default: 10,
    min: 0,
    max: 1_000,
  }),
} as const;

export type AccuracyParameters = ParametersOf<typeof accuracyFields>;

/** Half the way around the Earth: nothing is further off, and a number stays one in JSON. */
const FARTHEST_M = 20_100_000;

/**
 * The radius in metres in which a fix is taken to be, generously. What states no accuracy gets an assumption instead of a perfect one, and
 * so does a number that is none or negative.
 */
export function errorRadiusM(accuracyM: number | undefined, parameters: AccuracyParameters): number {
  const isStated = accuracyM !== undefined && accuracyM >= 0;
  const radiusM = isStated ? Math.max(accuracyM, parameters.leastAccuracyM) : parameters.assumedAccuracyM;
  return Math.min(radiusM * parameters.accuracyFactorTimes, FARTHEST_M);
}
