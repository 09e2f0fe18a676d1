import type { RunState } from '@hermes/contracts/job';
import type { BeatingComponent } from '@hermes/service-kit/metrics';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RunBeats } from './run-beats.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Everything that the run's component says, in order. */
function start(before?: { state: RunState; reason: string | null }): { said: string[]; beats: RunBeats } {
  const said: string[] = [];
  let told: string | undefined;
  const component = (name: string, project?: string, fault?: string): BeatingComponent => {
    told = fault;
    said.push(`${name} of ${String(project)}: ${fault ?? 'well'}`);
    return {
      latency: () => ({ record: () => undefined }),
      figure: () => undefined,
      fault: (reason) => {
        if (reason !== told) said.push(reason ?? 'well');
        told = reason;
      },
      stop: async () => void said.push('stopping'),
      leave: () => void said.push('leaves'),
    };
  };
  const beats = new RunBeats({
    metrics: { component },
    project: 'p',
    job: 'j',
    latencyLimitMs: 1,
    figures: () => undefined,
    before,
  });
  return { said, beats };
}

test('a run beats from the wish on, says when it fails for good, and goes on saying it until a person stops it', async () => {
  const { said, beats } = start();
  beats.tell('failed', 'no such topic', 0);
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual(['job/p/j of p: well', 'the run failed for good: no such topic']);
  await beats.end(true);
  expect(said.at(-1)).toBe('stopping');
});

test('a restart that takes long is a fault by itself, and the running process ends it', () => {
  const { said, beats } = start();
  beats.tell('running', null, 0);
  beats.tell('restarting', 'killed', 1);
  vi.advanceTimersByTime(4_900);
  expect(said).toHaveLength(1);
  vi.advanceTimersByTime(2_000);
  expect(said.at(-1)).toBe('the run does not start again: killed');
  beats.tell('running', null, 1);
  expect(said.at(-1)).toBe('well');
});

test('a run that comes up and dies again and again stays one fault until it lives', () => {
  const { said, beats } = start();
  for (let failures = 1; failures <= 5; failures++) {
    beats.tell('running', null, failures - 1);
    vi.advanceTimersByTime(2_000);
    beats.tell('restarting', 'out of memory', failures);
    vi.advanceTimersByTime(1_000);
  }
  beats.tell('running', null, 5);
  vi.advanceTimersByTime(29_000);
  expect(said.filter((text) => text === 'well')).toEqual([]);
  vi.advanceTimersByTime(2_000);
  expect(said.filter((text) => text === 'well')).toHaveLength(1);
});

test('after a start of the service, a run that had failed is at fault until it runs', () => {
  const { said, beats } = start({ state: 'failed', reason: 'no such topic' });
  vi.advanceTimersByTime(10_000);
  beats.tell('running', null, 0);
  expect(said).toEqual(['job/p/j of p: the run failed for good: no such topic', 'well']);
});

test('after a start of the service, a run that was being restarted says nothing until more is known', async () => {
  const { said, beats } = start({ state: 'restarting', reason: 'killed' });
  beats.tell('restarting', 'killed again', 1);
  vi.advanceTimersByTime(2_000);
  expect(said).toEqual([]);
  vi.advanceTimersByTime(6_000);
  expect(said).toEqual(['job/p/j of p: the run does not start again: killed again']);
  const other = start({ state: 'restarting', reason: 'killed' });
  await other.beats.end(true);
  expect(other.said.at(-1)).toBe('stopping');
});

test('the end of the service is no end of a fault', async () => {
  const well = start();
  await well.beats.end(false);
  expect(well.said.at(-1)).toBe('stopping');
  const faulty = start();
  faulty.beats.tell('failed', 'no such topic', 0);
  await faulty.beats.end(false);
  expect(faulty.said.at(-1)).toBe('leaves');
});
