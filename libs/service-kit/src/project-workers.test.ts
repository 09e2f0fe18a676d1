import type { ProjectRecord } from '@hermes/contracts/control';
import pino from 'pino';
import { expect, test, vi } from 'vitest';
import { type ProjectWorker, ProjectWorkers } from './project-workers.ts';

const project = (id: string): ProjectRecord => ({
  kind: 'project',
  id,
  name: id,
  timeZone: 'UTC',
  currency: 'CNY',
  partitions: 1,
  dedupWindowMs: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
});
const silent = { logger: pino({ level: 'silent' }) };

test('a project whose start fails is tried again and holds up no other', async () => {
  let failures = 1;
  const workers = new ProjectWorkers(silent, async ({ id }) => {
    if (id === 'bad' && failures-- > 0) throw new Error('not yet');
    return { close: async () => undefined };
  });
  workers.add(project('bad'));
  workers.add(project('good'));
  await vi.waitFor(() => expect(workers.get('good')).toBeDefined());
  expect(workers.get('bad')).toBeUndefined();
  await vi.waitFor(() => expect(workers.get('bad')).toBeDefined());
});

test('a project removed while it starts is closed as soon as it runs', async () => {
  let started: (() => void) | undefined;
  const close = vi.fn(async () => undefined);
  const workers = new ProjectWorkers(
    silent,
    () => new Promise<ProjectWorker>((resolve) => (started = () => resolve({ close }))),
  );
  workers.add(project('a'));
  const removed = workers.remove('a');
  started?.();
  await removed;
  expect(close).toHaveBeenCalledOnce();
  expect(workers.running()).toEqual([]);
});

test('a project is started once, however often it is announced', async () => {
  const start = vi.fn(async () => ({ close: async () => undefined }));
  const workers = new ProjectWorkers(silent, start);
  workers.add(project('a'));
  workers.add(project('a'));
  await workers.close();
  expect(start).toHaveBeenCalledOnce();
});
