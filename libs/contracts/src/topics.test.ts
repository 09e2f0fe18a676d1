import { expect, test } from 'vitest';
import { EventTypeName, ProjectId, Subject } from './identifiers.ts';
import { projectTopics } from './topics.ts';

test('every topic of a project states its partitions and its retention', () => {
  const specs = projectTopics('demo', 4);
  expect(new Set(specs.map((spec) => spec.name)).size).toBe(specs.length);
  for (const spec of specs) {
    expect(spec.name.startsWith('demo.')).toBe(true);
    expect(spec.partitions).toBeGreaterThan(0);
    expect(spec.cleanupPolicy === 'compact').toBe(spec.retentionMs === -1);
  }
});

test.each([
  [ProjectId, 'demo', true],
  [ProjectId, 'Demo', false],
  [ProjectId, 'a', false],
  [ProjectId, 'a.b', false],
  [Subject, 'broker:b-17', true],
  [Subject, 'broker', false],
  [Subject, 'broker:a b', false],
  [EventTypeName, 'deal.signed', true],
  [EventTypeName, 'Deal Signed', false],
])('%#: an identifier is accepted or refused by its shape (%s)', (schema, text, valid) =>
  expect(schema.safeParse(text).success).toBe(valid),
);
