import { distanceKm } from '@hermes/itinerary/distance';
import { convertPosition, type Position } from '@hermes/itinerary/coordinates';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { beforeAll, describe, expect, test } from 'vitest';
import { DEMO_EVENT_TYPES } from './event-types.ts';
import { DEMO_RULES } from './rules.ts';
import { type City, type Happening, newCity } from './city-state.ts';
import { nextHappening } from './simulator.ts';

const START_MS = Date.parse('2026-03-01T02:00:00.000Z');
const EVENTS = 60_000;
const EVENT_MS = 20;

interface Said extends Happening {
  readonly atMs: number;
}

function simulate(seed: number, count: number, run = 'r1'): { readonly said: readonly Said[]; readonly city: City } {
  let city = newCity(seed, START_MS);
  const said: Said[] = [];
  for (let i = 0; i < count; i++) {
    const atMs = START_MS + i * EVENT_MS;
    const next = nextHappening(city, atMs, run);
    said.push({ ...next.happening, atMs });
    city = next.city;
  }
  return { said, city };
}

const validators = new Map<string, ValidateFunction>();
function validatorOf(type: string): ValidateFunction {
  const known = validators.get(type);
  if (known !== undefined) return known;
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  const made = ajv.compile(DEMO_EVENT_TYPES[type]!.schema);
  validators.set(type, made);
  return made;
}

const ofType = (said: readonly Said[], type: string): readonly Said[] => said.filter((event) => event.type === type);

describe('twenty minutes of the city at 50 events a second', () => {
  let said: readonly Said[];
  let city: City;
  beforeAll(() => {
    ({ said, city } = simulate(1, EVENTS));
  });

  test('every event passes the schema of its type', () => {
    for (const { type, data } of said) {
      const validate = validatorOf(type);
      if (!validate(data)) throw new Error(`${type} ${JSON.stringify(data)}: ${JSON.stringify(validate.errors)}`);
    }
  });

  test('every type of the catalogue occurs', () => {
    expect([...new Set(said.map(({ type }) => type))].sort()).toEqual(Object.keys(DEMO_EVENT_TYPES).sort());
  });

  test('the funnel narrows: browsed, called, appointment, showing, deal', () => {
    const steps = ['customer.browsed', 'customer.called', 'appointment.created', 'showing.held', 'deal.signed'].map(
      (type) => ofType(said, type).length,
    );
    for (let i = 1; i < steps.length; i++) expect(steps[i]!).toBeLessThan(steps[i - 1]! * 1.1);
    const [held, signed] = [steps[3]!, steps[4]!];
    expect(signed / held).toBeGreaterThan(0.1);
    expect(signed / held).toBeLessThan(0.4);
    expect(signed).toBeGreaterThan(100);
  });

  test('no broker moves faster than the traffic', () => {
    const last = new Map<string, { readonly at: Position; readonly ms: number }>();
    let fastest = 0;
    for (const { subject, data, atMs } of ofType(said, 'broker.location')) {
      const at = data as unknown as Position;
      const before = last.get(subject);
      if (before !== undefined)
        fastest = Math.max(fastest, (distanceKm(before.at, at) / (atMs - before.ms)) * 3_600_000);
      last.set(subject, { at, ms: atMs });
    }
    expect(last.size).toBe(city.brokers.length);
    expect(fastest).toBeGreaterThan(10);
    expect(fastest).toBeLessThan(45);
  });

  test('who checks in stands at the listing of the appointment', () => {
    const places = new Map(
      ofType(said, 'appointment.created').map(({ data }) => [data['appointmentId'], data as unknown as Position]),
    );
    let compared = 0;
    for (const { data } of ofType(said, 'showing.checked_in')) {
      const listing = places.get(data['appointmentId']);
      if (listing === undefined) continue;
      compared += 1;
      // The listing stands on a BD-09 map, the phone says WGS84: compared as they are they would be a kilometre apart.
      expect(distanceKm(convertPosition(listing, 'BD-09', 'WGS84'), data as unknown as Position)).toBeLessThan(0.05);
    }
    expect(compared).toBeGreaterThan(300);
  });

  test('ids of what is new never repeat', () => {
    for (const [type, field] of [
      ['deal.signed', 'dealId'],
      ['appointment.created', 'appointmentId'],
      ['showing.held', 'showingId'],
    ] as const) {
      const ids = ofType(said, type).map(({ data }) => data[field]);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  test('about one event in five hundred fires one of the demo rules', () => {
    const holds = (event: Said, index: number): boolean => {
      const draft = DEMO_RULES[index]!.draft;
      if (!draft.eventTypes.includes(event.type) || !('all' in draft.conditions)) return false;
      return draft.conditions.all.every((leaf) => {
        if (!('fact' in leaf)) return false;
        const actual = event.data[leaf.path!.slice('$.data.'.length)];
        const [a, b] = [Number(actual), Number(leaf.value)];
        return leaf.operator === 'equal'
          ? actual === leaf.value
          : leaf.operator === 'lessThan'
            ? a < b
            : leaf.operator === 'greaterThan'
              ? a > b
              : a >= b;
      });
    };
    const fired = DEMO_RULES.map((_, index) => said.filter((event) => holds(event, index)).length);
    for (const count of fired) expect(count).toBeGreaterThan(0);
    const share = fired.reduce((sum, count) => sum + count, 0) / said.length;
    expect(share).toBeGreaterThan(1 / 700);
    expect(share).toBeLessThan(1 / 350);
  });
});

test('the same seed gives the same city, another seed another one', () => {
  const first = simulate(7, 2_000).said;
  expect(simulate(7, 2_000).said).toEqual(first);
  expect(simulate(8, 2_000).said).not.toEqual(first);
});

test('a city goes on from JSON as if nothing had been: what is kept is the whole state', () => {
  const { city } = simulate(3, 1_000);
  const kept = JSON.parse(JSON.stringify(city)) as City;
  const atMs = START_MS + 1_000 * EVENT_MS;
  expect(nextHappening(kept, atMs, 'r2')).toEqual(nextHappening(city, atMs, 'r2'));
});

test('a step leaves the city that it was given as it was', () => {
  const { city } = simulate(3, 500);
  const before = structuredClone(city);
  nextHappening(city, START_MS + 60_000, 'r');
  expect(city).toEqual(before);
});

test('two runs of one seed share no id of anything new', () => {
  const ids = (run: string): readonly unknown[] =>
    ofType(simulate(1, 20_000, run).said, 'deal.signed').map(({ data }) => data['dealId']);
  const second = new Set(ids('r2'));
  expect(ids('r1').some((id) => second.has(id))).toBe(false);
});

test.each(Object.entries(DEMO_EVENT_TYPES))(
  'the example of %s passes its schema, and every field has a title in both languages',
  (type, draft) => {
    const validate = validatorOf(type);
    expect(validate(draft.example) ? [] : validate.errors).toEqual([]);
    const properties = draft.schema['properties'] as Record<string, { 'x-title'?: { en?: string; zh?: string } }>;
    for (const property of Object.values(properties))
      expect(property['x-title']).toEqual({ en: expect.any(String), zh: expect.any(String) });
    for (const place of draft.places)
      expect(Object.keys(properties)).toEqual(expect.arrayContaining([place.longitude, place.latitude]));
  },
);
