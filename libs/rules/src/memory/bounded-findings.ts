import type { DecisionFinding } from '@hermes/contracts/decision';
import type { Finding, MapShape } from '@hermes/itinerary/finding';

/** So many of one event are told. */
const MAX_FINDINGS = 5;
/** Of all shapes together, as JSON: a decision is no map. */
const MAX_SHAPE_BYTES = 8_192;

/** Coordinates to a tenth of a metre. */
const rounded = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;

function shapeOf(shape: MapShape): DecisionFinding['shapes'][number] {
  if (shape.type === 'Point') {
    const [longitude, latitude] = shape.coordinates;
    return { type: 'Point', coordinates: [rounded(longitude), rounded(latitude)], role: shape.role };
  }
  return {
    type: 'LineString',
    coordinates: shape.coordinates.map(([longitude, latitude]) => [rounded(longitude), rounded(latitude)]),
    role: shape.role,
  };
}

/** What a decision keeps of findings: the first few, and of their shapes as many as fit. */
export function boundedFindings(findings: readonly Finding[]): readonly DecisionFinding[] {
  let room = MAX_SHAPE_BYTES;
  return findings.slice(0, MAX_FINDINGS).map(({ shapes, concerns, numbers, labels, ...finding }) => ({
    ...finding,
    concerns: [...concerns],
    numbers: { ...numbers },
    labels: { ...labels },
    shapes: shapes.map(shapeOf).filter((shape) => (room -= JSON.stringify(shape).length) >= 0),
  }));
}
