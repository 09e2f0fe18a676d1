import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { BeatingComponent } from './metrics.ts';
import { PartitionFaults } from './partition-faults.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Observer {
  onClaimed(place: { readonly partition: number }): void;
  onReleased(place: { readonly partition: number }): void;
  onStopped(info: { readonly partition: number; readonly code: string; readonly message: string }): void;
}

/** Everything that components of partitions say, in order. */
function watch() {
  const said: string[] = [];
  const component = (name: string, project?: string, fault?: string): BeatingComponent => {
    let told = fault;
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
  const observed: string[] = [];
  const inner: Observer = {
    onClaimed: () => undefined,
    onReleased: () => undefined,
    onStopped: ({ code }) => void observed.push(code),
  };
  const observer = new PartitionFaults({ component }, 'ingest', 'p').observing(inner);
  return {
    said,
    observed,
    claim: () => observer.onClaimed({ partition: 3 }),
    release: () => observer.onReleased({ partition: 3 }),
    stop: (code: string, message: string) => observer.onStopped({ partition: 3, code, message }),
  };
}
const IS_WELL = ['partition/ingest/p/3 of p: well', 'stopping'];

test('a claimed partition that works says so once, for the sake of whoever had it before', () => {
  const { said, claim } = watch();
  claim();
  vi.advanceTimersByTime(4_000);
  expect(said).toEqual([]);
  vi.advanceTimersByTime(2_000);
  claim();
  vi.advanceTimersByTime(20_000);
  expect(said).toEqual(IS_WELL);
});

test.each(['offset-out-of-range', 'topic-replaced'])(
  '%s is told at once, and stands while the process has it',
  (code) => {
    const { said, observed, claim, stop } = watch();
    claim();
    stop(code, 'offset 7 is gone');
    vi.advanceTimersByTime(60_000);
    expect(said).toEqual(['partition/ingest/p/3 of p: offset 7 is gone']);
    expect(observed).toEqual([code]);
  },
);

test('a fault ends when the partition was claimed again and works', () => {
  const { said, claim, stop } = watch();
  stop('offset-out-of-range', 'gone');
  claim();
  vi.advanceTimersByTime(6_000);
  expect(said).toEqual(['partition/ingest/p/3 of p: gone', 'well', 'stopping']);
});

test('a single defect that is over soon is not told', () => {
  const { said, claim, stop } = watch();
  claim();
  vi.advanceTimersByTime(6_000);
  stop('defect', 'Kafka was away');
  vi.advanceTimersByTime(2_000);
  claim();
  vi.advanceTimersByTime(20_000);
  expect(said).toEqual([...IS_WELL, ...IS_WELL]);
});

test('a defect that lasts is told within seconds', () => {
  const { said, stop } = watch();
  stop('defect', 'no such version');
  vi.advanceTimersByTime(3_000);
  expect(said).toEqual(['partition/ingest/p/3 of p: no such version']);
});

test('a defect that comes back after each claim is told once and never taken back', () => {
  const { said, claim, stop } = watch();
  for (let i = 0; i < 5; i++) {
    claim();
    vi.advanceTimersByTime(1_000);
    stop('defect', 'no such version');
    vi.advanceTimersByTime(2_500);
  }
  expect(said).toEqual(['partition/ingest/p/3 of p: no such version']);
});

test('whoever loses a faulty partition falls silent: the next owner speaks for it', () => {
  for (const end of ['release', 'fenced'] as const) {
    const { said, claim, stop, release } = watch();
    stop('offset-out-of-range', 'gone');
    claim();
    if (end === 'release') release();
    else stop('fenced', 'a newer owner');
    vi.advanceTimersByTime(60_000);
    expect(said).toEqual(['partition/ingest/p/3 of p: gone', 'leaves']);
  }
});
