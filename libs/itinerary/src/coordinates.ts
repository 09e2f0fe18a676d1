/**
 * A position in degrees. Which coordinate system it is in is the caller's to know: Chinese map services shift positions
 * by some hundred metres, and a mix of two systems is the commonest cause of an "impossible" distance.
 */
export interface Position {
  readonly longitude: number;
  readonly latitude: number;
}

/**
 * `WGS84`: what a satellite receiver says. `GCJ-02`: the obfuscated datum of maps published in mainland China.
 * `BD-09`: Baidu's further shift of GCJ-02.
 */
export type CoordinateSystem = 'WGS84' | 'GCJ-02' | 'BD-09';

/** Krasovsky 1940, the ellipsoid that GCJ-02's shift is computed on: semi-major axis in metres, first eccentricity squared. */
const SEMI_MAJOR_M = 6_378_245;
const ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943;
const BAIDU_FREQUENCY = (Math.PI * 3_000) / 180;
/** About a tenth of a millimetre; what the inverse iterations stop at. */
const CLOSE_ENOUGH_DEGREES = 1e-9;
const MAX_ITERATIONS = 30;

/** Outside of this rectangle GCJ-02 equals WGS84. */
const insideChina = ({ longitude, latitude }: Position): boolean =>
  longitude >= 72.004 && longitude <= 137.8347 && latitude >= 0.8293 && latitude <= 55.8271;

/** The waves along one axis, in metres; the two long ones differ in amplitude between the axes. */
function waves(x: number, twelfth: number, thirtieth: number): number {
  const at = x * Math.PI;
  return (
    ((20 * Math.sin(at) + 40 * Math.sin(at / 3) + twelfth * Math.sin(at / 12) + thirtieth * Math.sin(at / 30)) * 2) / 3
  );
}

/**
 * GCJ-02's shift at a WGS84 position, in degrees.
 * Source: the published reverse-engineered transform (eviltransform, coordtransform; MIT).
 */
function chinaShift({ longitude, latitude }: Position): Position {
  const x = longitude - 105;
  const y = latitude - 35;
  const ripple = ((20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2) / 3;
  const north =
    -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + ripple + waves(y, 160, 320);
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + ripple + waves(x, 150, 300);
  const radians = (latitude / 180) * Math.PI;
  const magic = 1 - ECCENTRICITY_SQUARED * Math.sin(radians) ** 2;
  const meridianM = (SEMI_MAJOR_M * (1 - ECCENTRICITY_SQUARED)) / (magic * Math.sqrt(magic));
  const parallelM = (SEMI_MAJOR_M / Math.sqrt(magic)) * Math.cos(radians);
  return { longitude: (east * 180) / (parallelM * Math.PI), latitude: (north * 180) / (meridianM * Math.PI) };
}

/** WGS84 to GCJ-02. Outside of China the position comes back unchanged. */
export function wgs84ToGcj02(at: Position): Position {
  if (!insideChina(at)) return at;
  const shift = chinaShift(at);
  return { longitude: at.longitude + shift.longitude, latitude: at.latitude + shift.latitude };
}

/** GCJ-02 to BD-09. */
export function gcj02ToBd09({ longitude, latitude }: Position): Position {
  const radius = Math.hypot(longitude, latitude) + 0.00002 * Math.sin(latitude * BAIDU_FREQUENCY);
  const angle = Math.atan2(latitude, longitude) + 0.000003 * Math.cos(longitude * BAIDU_FREQUENCY);
  return { longitude: radius * Math.cos(angle) + 0.0065, latitude: radius * Math.sin(angle) + 0.006 };
}

/**
 * The position that `forward` takes to `target`. The shifts change slowly, so that correcting a guess by its own error
 * converges in a handful of rounds; the widespread closed inverses are off by up to several metres.
 */
function invert(forward: (at: Position) => Position, target: Position): Position {
  let guess = target;
  for (let round = 0; round < MAX_ITERATIONS; round++) {
    const reached = forward(guess);
    const longitudeError = target.longitude - reached.longitude;
    const latitudeError = target.latitude - reached.latitude;
    guess = { longitude: guess.longitude + longitudeError, latitude: guess.latitude + latitudeError };
    if (Math.abs(longitudeError) < CLOSE_ENOUGH_DEGREES && Math.abs(latitudeError) < CLOSE_ENOUGH_DEGREES) break;
  }
  return guess;
}

/** GCJ-02 to WGS84, to a millimetre. */
export const gcj02ToWgs84 = (at: Position): Position => (insideChina(at) ? invert(wgs84ToGcj02, at) : at);

/** BD-09 to GCJ-02, to a millimetre. */
export const bd09ToGcj02 = (at: Position): Position => invert(gcj02ToBd09, at);

/** A position of one system in another. */
export function convertPosition(at: Position, from: CoordinateSystem, to: CoordinateSystem): Position {
  if (from === to) return at;
  const gcj02 = from === 'WGS84' ? wgs84ToGcj02(at) : from === 'BD-09' ? bd09ToGcj02(at) : at;
  return to === 'WGS84' ? gcj02ToWgs84(gcj02) : to === 'BD-09' ? gcj02ToBd09(gcj02) : gcj02;
}
