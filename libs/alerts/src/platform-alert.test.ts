import { expect, test } from 'vitest';
import type { Transition } from './fleet-watch.ts';
import { alertOfFiring } from './platform-alert.ts';

const fired: Transition = {
  kind: 'fired',
  watch: 'heartbeat',
  subject: 'job/p/a',
  startedMs: 0,
  atMs: 0,
  detail: 'the details',
};

test.each<[string, Partial<Transition>, string, string, string]>([
  ['silence', {}, 'job/p/a sends no heartbeats', 'heartbeat', 'critical'],
  ['a fault', { isFault: true }, 'job/p/a does not work', 'heartbeat', 'critical'],
  ['slowness', { watch: 'latency', hop: 'x' }, 'job/p/a is slow', 'latency', 'warning'],
  ['silence of all', { subject: 'hermes.metrics' }, 'No heartbeats arrive from anywhere', 'heartbeat', 'critical'],
])('%s is told in plain words', (_, more, title, kind, severity) =>
  expect(alertOfFiring({ ...fired, ...more })).toMatchObject({ title, kind, severity, detail: 'the details' }),
);
