import { ATTRIBUTES_SET_TYPE } from '@hermes/contracts/attributes';
import { describe, expect, test } from 'vitest';
import { countAll, featureOf } from '../testing/features.ts';
import type { PlainEvent } from '../testing/recompute.ts';
import { compileFeature } from './compile-feature.ts';
import { buildFeatureSet } from './feature-set.ts';
import { featureValue, featureValues } from './feature-view.ts';
import { SubjectState } from './subject-state.ts';

let made = 0;
const event = (data: Record<string, unknown>, timeMs = 0, more: Partial<PlainEvent> = {}): PlainEvent => ({
  id: `e-${++made}`,
  source: 's',
  type: 'a',
  subject: 'customer:c-1',
  timeMs,
  receivedAtMs: timeMs,
  data,
  ...more,
});
const valueOf = (feature: ReturnType<typeof featureOf>, events: readonly PlainEvent[], nowMs = 0) => {
  const compiled = compileFeature(feature);
  return featureValue(compiled, countAll(new SubjectState(), [compiled], events), nowMs);
};

test('features of one event see each their own field, and of the next event its own', () => {
  const features = ['$.data.a', '$.data.b', '$.data.a'].map((path) =>
    compileFeature(featureOf({ compute: { kind: 'sum', path } })),
  );
  const state = countAll(new SubjectState(), features, [event({ a: 1, b: 10 }), event({ a: 2, b: 20 })]);
  expect(features.map((feature) => featureValue(feature, state, 0).value)).toEqual([3, 30, 3]);
});

describe('a geo centroid', () => {
  const centroid = (system: 'WGS84' | 'GCJ-02' | 'BD-09' = 'WGS84') =>
    featureOf({ compute: { kind: 'geo-centroid', longitude: '$.data.lon', latitude: '$.data.lat', system } });

  test('is the mean of the positions, and takes no place that is none', () => {
    const places = [
      event({ lon: 116.2, lat: 39.8 }),
      event({ lon: 116.4, lat: 40 }),
      event({ lon: 200, lat: 1 }),
      event({ lon: '1', lat: 1 }),
    ];
    expect(valueOf(centroid(), places).value).toEqual({ longitude: 116.3, latitude: 39.9 });
  });

  test('of places on both sides of the antimeridian lies between them', () => {
    expect(valueOf(centroid(), [event({ lon: 179, lat: -17 }), event({ lon: -178, lat: -18 })]).value).toEqual({
      longitude: -179.5,
      latitude: -17.5,
    });
  });

  test('comes in WGS84 whatever the events’ system', () => {
    const { longitude, latitude } = valueOf(centroid('BD-09'), [event({ lon: 116.404, lat: 39.915 })]).value as {
      longitude: number;
      latitude: number;
    };
    expect(longitude).toBeCloseTo(116.3914, 3);
    expect(latitude).toBeCloseTo(39.9073, 3);
  });
});

describe('sums', () => {
  const sum = featureOf({ compute: { kind: 'sum', path: '$.data.v' } });

  test.each<[string, unknown[], string]>([
    ['of tenths have no rounding', [0.1, 0.2, '0.3'], '0.6'],
    ['of money are exact beyond a double', ['9007199254740993.01', '0.02'], '9007199254740993.03'],
    ['come back from large to small', ['123456789012345678901234567890', '-123456789012345678901234567889'], '1'],
    ['take exponents', [1e21, '-1e21', 1.5e-7], '0.00000015'],
    ['take no text that is no number', ['1', 'x', '', '1,000', '0x10', null, true, [1]], '1'],
    ['of nothing are zero', [], '0'],
  ])('%s', (_, values, exact) => {
    const events = values.map((v) => event({ v }));
    expect(valueOf(sum, events)).toMatchObject({ exact, value: Number(exact) });
  });
});

describe('a time to live', () => {
  const count = featureOf({ compute: { kind: 'count' }, ttl: '1h' });
  const HOUR = 3_600_000;

  test('ends a feature that nothing has counted for so long, and lets it begin anew', () => {
    const events = [event({}, 0), event({}, HOUR), event({}, 3 * HOUR)];
    expect(valueOf(count, events.slice(0, 2), 2 * HOUR).value).toBe(2);
    expect(valueOf(count, events.slice(0, 2), 2 * HOUR + 1).value).toBe(0);
    expect(valueOf(count, events, 3 * HOUR).value).toBe(1);
  });

  test('is the same for a state that is merged from two sides of the gap', () => {
    const compiled = compileFeature(count);
    const stateOf = (list: readonly PlainEvent[]): SubjectState => countAll(new SubjectState(), [compiled], list);
    const [old, young] = [stateOf([event({}, 0)]), stateOf([event({}, 3 * HOUR), event({}, 3 * HOUR)])];
    for (const [into, from] of [
      [SubjectState.decode(old.encode()), young],
      [SubjectState.decode(young.encode()), old],
    ] as const) {
      into.mergeFeature(compiled, from.seriesOf(compiled)!);
      expect(featureValue(compiled, into, 3 * HOUR).value).toBe(2);
    }
  });
});

describe('attributes', () => {
  const tier = featureOf({ compute: { kind: 'set', path: '$.data.tier', writable: { type: 'string' } } }, 'tier');
  const write = (attributes: Record<string, unknown>, timeMs: number): PlainEvent =>
    event({ attributes, by: 'ann@example.org' }, timeMs, { type: ATTRIBUTES_SET_TYPE });

  test('take the newest value, from events and direct writes alike; null takes it back', () => {
    const events = [event({ tier: 'silver' }, 1), write({ tier: 'gold' }, 2), write({ other: 'x' }, 3)];
    expect(valueOf(tier, events).value).toBe('gold');
    expect(valueOf(tier, [...events, write({ tier: null }, 4)]).value).toBeNull();
    expect(valueOf(tier, [...events, write({ tier: null }, 4), event({ tier: 'bronze' }, 5)]).value).toBe('bronze');
  });

  test('set once keep the oldest', () => {
    const first = featureOf({ compute: { kind: 'set-once', writable: { type: 'string' } } }, 'tier');
    expect(valueOf(first, [write({ tier: 'gold' }, 2), write({ tier: 'silver' }, 1)]).value).toBe('silver');
  });
});

describe('a ratio', () => {
  const [deals, showings] = ['deals', 'showings'].map((id, i) =>
    featureOf({ eventTypes: [id], compute: { kind: 'count' } }, id, 900 + i),
  );
  const ratio = {
    ...featureOf(
      { eventTypes: [], compute: { kind: 'ratio', numerator: 'deals', denominator: 'showings' } },
      'conversion',
    ),
  };
  const set = buildFeatureSet(1, [deals!, showings!, ratio], {
    live: { deals: 1, showings: 1, conversion: 1 },
    subscribed: [],
  });
  const ask = (events: readonly PlainEvent[]) => {
    const state = countAll(new SubjectState(), [...set.bySlot.values()], events);
    return featureValues(set.answered, () => state, 0)['conversion']?.value;
  };

  test('is one published feature by another, and nothing when there is nothing to divide by', () => {
    expect(ask([event({}, 0, { type: 'deals' }), ...[1, 2, 3, 4].map(() => event({}, 0, { type: 'showings' }))])).toBe(
      0.25,
    );
    expect(ask([event({}, 0, { type: 'deals' })])).toBeNull();
  });

  test('is not answered before both of its parts are', () => {
    const half = buildFeatureSet(1, [deals!, showings!, ratio], { live: { deals: 1, conversion: 1 }, subscribed: [] });
    expect([...half.answered.keys()]).toEqual(['deals']);
  });
});
