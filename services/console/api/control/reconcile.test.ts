import type { ControlRecord, KeyRecord, ProjectRecord } from '@hermes/contracts/control';
import { expect, test } from 'vitest';
import type { ControlMessage } from './control-outbox.ts';
import { reconcile } from './reconcile.ts';

const project: ProjectRecord = {
  kind: 'project',
  id: 'city',
  name: 'City',
  timeZone: 'Asia/Shanghai',
  currency: 'CNY',
  partitions: 4,
  dedupWindowMs: 86_400_000,
  createdAt: '2026-01-01T00:00:00.000Z',
};
const key: KeyRecord = {
  kind: 'key',
  id: 'k1',
  project: 'city',
  name: 'sender',
  scopes: ['events:write'],
  sha256: 'a'.repeat(64),
  createdAt: '2026-01-01T00:00:00.000Z',
};
const topic = (...records: ControlRecord[]): Map<string, unknown> =>
  new Map(records.map((record) => [`${record.kind}/${record.id}`, record]));

test.each<[string, readonly ControlRecord[], readonly string[], Map<string, unknown>, readonly ControlMessage[]]>([
  ['what agrees is not said again', [project, key], [], topic(project, key), []],
  ['what is missing is said', [project, key], [], topic(project), [{ key: 'key/k1', value: key }]],
  [
    'what differs is said anew',
    [project],
    [],
    topic({ ...project, name: 'Old' }),
    [{ key: 'project/city', value: project }],
  ],
  [
    'a revoked key that is still there is withdrawn',
    [project],
    ['key/k1'],
    topic(project, key),
    [{ key: 'key/k1', value: null }],
  ],
  [
    'a key of ours that the database does not know is withdrawn',
    [project],
    [],
    topic(project, key),
    [{ key: 'key/k1', value: null }],
  ],
  ['a revoked key that is gone is not withdrawn again', [project], ['key/k1'], topic(project), []],
  ['a foreign project and its keys are left alone', [], [], topic(project, key), []],
  [
    'an unreadable value is written anew',
    [project],
    [],
    new Map([['project/city', undefined]]),
    [{ key: 'project/city', value: project }],
  ],
])('%s', (_, records, withdrawn, published, expected) =>
  expect(reconcile({ records, withdrawn }, published)).toEqual(expected),
);
