import { createHash } from 'node:crypto';
import type { KeyRecord, ProjectRecord } from '@hermes/contracts/control';
import { expect, test } from 'vitest';
import { applyControlRecord, emptyControlState, findKey } from './control-state.ts';

const project: ProjectRecord = {
  kind: 'project',
  id: 'demo',
  name: 'Demo',
  timeZone: 'Asia/Shanghai',
  currency: 'CNY',
  partitions: 4,
  dedupWindowMs: 86_400_000,
  createdAt: '2026-01-01T00:00:00.000Z',
};
const text = 'hk_k1_secret';
const key: KeyRecord = {
  kind: 'key',
  id: 'k1',
  project: 'demo',
  name: 'site',
  scopes: ['events:write'],
  sha256: createHash('sha256').update(text).digest('hex'),
  createdAt: '2026-01-01T00:00:00.000Z',
};

test('a project is new once, changed afterwards, and removed by a tombstone', () => {
  const state = emptyControlState();
  expect(applyControlRecord(state, 'project/demo', JSON.stringify(project))).toMatchObject({
    kind: 'project-set',
    isNew: true,
  });
  expect(applyControlRecord(state, 'project/demo', JSON.stringify(project))).toMatchObject({ isNew: false });
  expect(applyControlRecord(state, 'project/demo', null)).toEqual({ kind: 'project-removed', id: 'demo' });
  expect(applyControlRecord(state, 'project/demo', null)).toEqual({ kind: 'other' });
});

test('a key is found by its whole text only, as it was changed last, and no longer after its tombstone', () => {
  const state = emptyControlState();
  applyControlRecord(state, 'key/k1', JSON.stringify(key));
  expect(findKey(state, text)).toEqual(key);
  expect(findKey(state, 'hk_k1_other')).toBeUndefined();
  expect(findKey(state, 'hk_k2_secret')).toBeUndefined();
  const narrowed = { ...key, features: ['deals'] };
  applyControlRecord(state, 'key/k1', JSON.stringify(narrowed));
  expect(findKey(state, text)).toEqual(narrowed);
  applyControlRecord(state, 'key/k1', null);
  expect(findKey(state, text)).toBeUndefined();
});

test.each([
  ['not JSON', 'x'],
  ['not a record', '{"kind":"project"}'],
])('%s is skipped with a reason and changes nothing', (_, value) => {
  const state = emptyControlState();
  expect(applyControlRecord(state, 'project/demo', value).kind).toBe('unreadable');
  expect(state.projects.size).toBe(0);
});
