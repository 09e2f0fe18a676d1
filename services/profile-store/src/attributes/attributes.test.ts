import type { AttributeValue } from '@hermes/contracts/attributes';
import { Feature } from '@hermes/contracts/feature';
import { buildFeatureSet } from '@hermes/profiles/features/feature-set';
import { describe, expect, test } from 'vitest';
import { attributeFaults } from './check-attributes.ts';
import { writeId } from './write-id.ts';

const feature = (id: string, slot: number, given: Record<string, unknown>): Feature =>
  Feature.parse({
    id,
    project: 'demo',
    version: 1,
    slot,
    timeZone: 'UTC',
    publishedAt: '2026-01-01T00:00:00.000Z',
    name: id,
    eventTypes: [],
    ...given,
  });
const attribute = (id: string, slot: number, kind: 'set' | 'set-once', writable: unknown): Feature =>
  feature(id, slot, { compute: { kind, writable } });

const set = buildFeatureSet(
  1,
  [
    attribute('tier', 1, 'set', { type: 'string', allowed: ['gold', 'silver'] }),
    attribute('score', 2, 'set', { type: 'number' }),
    attribute('origin', 3, 'set-once', { type: 'string' }),
    feature('deals', 4, { eventTypes: ['deal.signed'], compute: { kind: 'count' } }),
    attribute('not_yet', 5, 'set', { type: 'string' }),
  ],
  { live: { tier: 1, score: 1, origin: 1, deals: 1 }, subscribed: [] },
);
const codes = (attributes: Record<string, AttributeValue>, allowed?: readonly string[]): readonly string[] =>
  attributeFaults(set, attributes, allowed === undefined ? undefined : new Set(allowed)).map(({ code }) => code);

describe('a write of attributes is right', () => {
  test.each([
    [{ tier: 'gold', score: 7, origin: 'web' }, []],
    [{ tier: null, score: null }, []],
    [{ tier: 'bronze' }, ['invalid-value']],
    [{ score: '7' }, ['invalid-value']],
    [{ origin: null }, ['invalid-value']],
    [{ deals: 3 }, ['not-writable']],
    [{ not_yet: 'x' }, ['unknown-feature']],
    [{ toString: 'x', score: 1, deals: 1 }, ['unknown-feature', 'not-writable']],
  ] as const)('%j: %j', (attributes, expected) => expect(codes(attributes)).toEqual(expected));

  test('a key that names features writes those alone, and is not told which others there are', () => {
    expect(codes({ score: 1 }, ['score'])).toEqual([]);
    expect(codes({ tier: 'gold', no_such: 'x' }, ['score'])).toEqual(['feature-forbidden', 'feature-forbidden']);
  });

  test('a name that is none says which is near', () => {
    expect(attributeFaults(set, { teir: 'gold' }, undefined)).toMatchObject([{ didYouMean: 'tier' }]);
  });
});

describe('the event id of a write', () => {
  test('is the same for the same caller, subject and key, and for no others', () => {
    const id = writeId('key:a', 'customer:1', 'k');
    expect(writeId('key:a', 'customer:1', 'k')).toBe(id);
    expect(writeId('key:b', 'customer:1', 'k')).not.toBe(id);
    expect(writeId('key:a', 'customer:2', 'k')).not.toBe(id);
    expect(writeId('key:a', 'customer:1', undefined)).not.toBe(writeId('key:a', 'customer:1', undefined));
  });

  test('fits an event id, however long the names are', () => {
    expect(writeId(`${'x'.repeat(290)}@example.org`, 'customer:1', 'k'.repeat(200)).length).toBeLessThanOrEqual(256);
  });
});
