import type { Heartbeat } from '@hermes/contracts/metrics';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EMPTY_FLEET, type FleetState, type Transition, forgetProject, observeBeat, tickFleet } from './fleet-watch.ts';

const beat = (component: string, more: Partial<Heartbeat> = {}): Heartbeat => ({
  component,
  service: component.split('/')[1] ?? '',
  state: 'running',
  at: '2026-01-01T00:00:00.000Z',
  intervalMs: 2_000,
  latencies: [],
  figures: {},
  ...more,
});
const WATCHER = 'service/alerting/w';
const slow = { hop: 'alerted', count: 9, p50Ms: 1, p99Ms: 500, limitMs: 100 };

/** A small world: who beats when; the watcher ticks every second. Beats are every 2 s from `fromS` until before `untilS`. */
interface Life {
  readonly name: string;
  readonly fromS: number;
  readonly untilS: number;
  readonly endsProperly?: boolean;
  readonly isSlow?: boolean;
  readonly fault?: string;
}

function play(
  lives: readonly Life[],
  untilS: number,
  ticks: (s: number) => boolean = () => true,
  from: FleetState = EMPTY_FLEET,
): { fleet: FleetState; said: Transition[] } {
  let fleet = from;
  const said: Transition[] = [];
  const take = (step: { next: FleetState; transitions: readonly Transition[] }): void => {
    fleet = step.next;
    said.push(...step.transitions);
  };
  for (let s = 0; s <= untilS; s++) {
    const nowMs = s * 1_000;
    for (const life of lives) {
      if (!ticks(s)) continue;
      if (life.endsProperly === true && s === life.untilS)
        take(observeBeat(fleet, beat(life.name, { state: 'stopping' }), nowMs));
      if (s >= life.fromS && s < life.untilS && (s - life.fromS) % 2 === 0) {
        const latencies = life.isSlow === true ? [slow] : [];
        const fault = life.fault === undefined ? {} : { fault: life.fault };
        take(observeBeat(fleet, beat(life.name, { latencies, ...fault }), nowMs));
      }
    }
    if (ticks(s)) take(tickFleet(fleet, nowMs));
  }
  return { fleet, said };
}

const watcher: Life = { name: WATCHER, fromS: 0, untilS: 1_000 };
const short = (t: Transition): string => `${String(t.atMs / 1_000)} ${t.kind} ${t.subject}`;

describe('a component', () => {
  test.each<[string, Life[], number, string[]]>([
    ['that beats raises nothing', [watcher, { name: 'job/p/a', fromS: 1, untilS: 1_000 }], 60, []],
    [
      'that dies raises one alert within 10 s',
      [watcher, { name: 'job/p/a', fromS: 1, untilS: 20 }],
      60,
      ['25 fired job/p/a'],
    ],
    [
      'that says stopping is forgotten',
      [watcher, { name: 'job/p/a', fromS: 1, untilS: 20, endsProperly: true }],
      60,
      [],
    ],
    [
      'that comes back resolves its alert',
      [watcher, { name: 'job/p/a', fromS: 1, untilS: 20 }, { name: 'job/p/a', fromS: 40, untilS: 1_000 }],
      60,
      ['25 fired job/p/a', '40 resolved job/p/a'],
    ],
    [
      'that comes back, then dies again, raises a second alert',
      [watcher, { name: 'job/p/a', fromS: 1, untilS: 20 }, { name: 'job/p/a', fromS: 40, untilS: 45 }],
      60,
      ['25 fired job/p/a', '40 resolved job/p/a', '50 fired job/p/a'],
    ],
    [
      'that never comes back is not forgotten',
      [watcher, { name: 'job/p/a', fromS: 1, untilS: 20 }],
      990,
      ['25 fired job/p/a'],
    ],
  ])('%s', (_, lives, untilS, expected) => expect(play(lives, untilS).said.map(short)).toEqual(expected));

  test('that stays above its latency limit raises an alert at the third beat and stops with it', () => {
    const { said } = play([watcher, { name: 'job/p/a', fromS: 0, untilS: 10, isSlow: true, endsProperly: true }], 20);
    expect(said.map((t) => [t.atMs, t.kind, t.watch, t.hop])).toEqual([
      [4_000, 'fired', 'latency', 'alerted'],
      [10_000, 'resolved', 'latency', 'alerted'],
    ]);
  });
});

test('a hop that its component no longer names recovers as an idle one does', () => {
  const { said } = play(
    [watcher, { name: 'job/p/a', fromS: 0, untilS: 10, isSlow: true }, { name: 'job/p/a', fromS: 10, untilS: 100 }],
    20,
  );
  expect(said.map((t) => `${String(t.atMs / 1_000)} ${t.kind}`)).toEqual(['4 fired', '14 resolved']);
});

describe('a component that says it does not work', () => {
  const name = 'partition/ingest/p/3';
  const fault = 'Kafka no longer has offset 7';
  test.each<[string, Life[], string[]]>([
    [
      'raises one alert at once, and its next beat without a fault resolves it',
      [
        { name, fromS: 10, untilS: 30, fault },
        { name, fromS: 30, untilS: 1_000 },
      ],
      ['10 fired', '30 resolved'],
    ],
    [
      'resolves it by stopping',
      [{ name, fromS: 10, untilS: 30, fault, endsProperly: true }],
      ['10 fired', '30 resolved'],
    ],
    ['stays an alert when its process dies', [{ name, fromS: 10, untilS: 30, fault }], ['10 fired']],
    [
      'stays the same alert when another process finds the same fault',
      [
        { name, fromS: 10, untilS: 30, fault },
        { name, fromS: 45, untilS: 1_000, fault },
      ],
      ['10 fired'],
    ],
    [
      'is resolved by whoever runs it again, with one beat and the word that it stops',
      [
        { name, fromS: 10, untilS: 30, fault },
        { name, fromS: 45, untilS: 46, endsProperly: true },
      ],
      ['10 fired', '45 resolved'],
    ],
    [
      'raises a second alert when it fails again',
      [
        { name, fromS: 10, untilS: 20, fault },
        { name, fromS: 20, untilS: 30 },
        { name, fromS: 30, untilS: 40, fault },
      ],
      ['10 fired', '20 resolved', '30 fired'],
    ],
    ['raises nothing when what is told never had one', [{ name, fromS: 10, untilS: 11, endsProperly: true }], []],
  ])('%s', (_, lives, expected) => {
    const { said } = play([watcher, ...lives], 60);
    expect(said.map((t) => `${String(t.atMs / 1_000)} ${t.kind}`)).toEqual(expected);
    expect(said.filter((t) => t.kind === 'fired').every((t) => t.detail === fault && t.isFault === true)).toBe(true);
  });

  const old = { name: 'service/ingest/1', fromS: 1, untilS: 20, fault };
  test.each<[string, Life[], string[]]>([
    [
      'a process that was faulty, died, and has a successor',
      [old, { name: 'service/ingest/2', fromS: 22, untilS: 1_000 }],
      ['1 fired service/ingest/1', '25 resolved service/ingest/1'],
    ],
    [
      'a process that was faulty, died, and gets a successor late',
      [old, { name: 'service/ingest/2', fromS: 40, untilS: 1_000 }],
      ['1 fired service/ingest/1', '40 resolved service/ingest/1'],
    ],
    [
      'a process that is faulty and lives is not replaced by a newcomer',
      [
        { ...old, untilS: 1_000 },
        { name: 'service/ingest/2', fromS: 22, untilS: 1_000 },
      ],
      ['1 fired service/ingest/1'],
    ],
  ])('%s', (_, lives, expected) => expect(play([watcher, ...lives], 60).said.map(short)).toEqual(expected));
});

describe('a process', () => {
  const old = { name: 'service/ingest/1', fromS: 1, untilS: 20 };
  test.each<[string, Life[], string[]]>([
    [
      'whose successor starts within 2 s raises nothing',
      [watcher, old, { name: 'service/ingest/2', fromS: 22, untilS: 1_000 }],
      [],
    ],
    [
      'whose successor starts late has its alert resolved',
      [watcher, old, { name: 'service/ingest/2', fromS: 40, untilS: 1_000 }],
      ['25 fired service/ingest/1', '40 resolved service/ingest/1'],
    ],
    [
      'is not replaced by another service',
      [watcher, old, { name: 'service/console/2', fromS: 22, untilS: 1_000 }],
      ['25 fired service/ingest/1'],
    ],
    [
      'takes one place only: two die, one comes',
      [watcher, old, { ...old, name: 'service/ingest/1b' }, { name: 'service/ingest/2', fromS: 22, untilS: 1_000 }],
      ['25 fired service/ingest/1b'],
    ],
    [
      'is not replaced by a peer that was there all the time',
      [watcher, old, { name: 'service/ingest/2', fromS: 1, untilS: 1_000 }],
      ['25 fired service/ingest/1'],
    ],
  ])('%s', (_, lives, expected) => expect(play(lives, 60).said.map(short)).toEqual(expected));

  test('that took over and dies itself raises its own alert', () => {
    const { said } = play([watcher, old, { name: 'service/ingest/2', fromS: 22, untilS: 30 }], 60);
    expect(said.map(short)).toEqual(['34 fired service/ingest/2']);
  });
});

describe('when the watch itself is blind', () => {
  const many: Life[] = Array.from({ length: 8 }, (_, i) => ({
    name: `job/p/${String(i)}`,
    fromS: 1 + (i % 2),
    untilS: 1_000,
  }));
  const cut = (from: number, to: number) =>
    [watcher, ...many].flatMap((l) => [
      { ...l, untilS: from },
      { ...l, fromS: to + (l.fromS % 2) },
    ]);

  test('Kafka away is one alert on the metrics topic, and its return resolves it', () => {
    expect(play(cut(20, 60), 100).said.map(short)).toEqual(['25 fired hermes.metrics', '60 resolved hermes.metrics']);
  });

  test('a short interruption raises nothing', () => {
    expect(play(cut(20, 24), 100).said).toEqual([]);
  });

  test('what died during the interruption is found after it', () => {
    const lives = cut(20, 60).filter((l) => !(l.name === 'job/p/3' && l.fromS >= 60));
    expect(play(lives, 100).said.map(short)).toContain('66 fired job/p/3');
  });

  test("the watcher's own outage raises nothing about those who beat again after it", () => {
    expect(play([watcher, ...many], 100, (s) => s < 20 || s > 70).said).toEqual([]);
  });

  test('who died during its outage is found after it, also by another process that loads the state as JSON', () => {
    const before = play([watcher, { name: 'job/p/a', fromS: 0, untilS: 1_000 }], 20).fleet;
    const loaded = JSON.parse(JSON.stringify(before)) as FleetState;
    const after = play([{ ...watcher, fromS: 60 }], 90, (s) => s >= 60, loaded);
    expect(after.said.map(short)).toEqual(['66 fired job/p/a']);
  });
});

test("a deleted project's jobs are forgotten and their alerts end", () => {
  const { fleet } = play([watcher, { name: 'job/p/a', fromS: 0, untilS: 10 }], 30);
  const withProject = {
    ...fleet,
    components: Object.fromEntries(
      Object.entries(fleet.components).map(([n, c]) => [n, n === 'job/p/a' ? { ...c, project: 'p' } : c]),
    ),
  };
  const step = forgetProject(withProject, 'p', 31_000);
  expect(step.transitions.map(short)).toEqual(['31 resolved job/p/a']);
  expect(Object.keys(step.next.components)).toEqual([WATCHER]);
});

describe('whatever happens', () => {
  const names = [WATCHER, 'service/ingest/1', 'service/ingest/2', 'service/ingest/3', 'job/p/a', 'job/p/b'];
  const happening = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('beat' as const),
        name: fc.constantFrom(...names),
        isSlow: fc.boolean(),
        fault: fc.constantFrom({}, {}, { fault: 'broken' }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('stopping' as const), name: fc.constantFrom(...names) }) },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('tick' as const) }) },
  );
  const history = fc.array(fc.tuple(fc.integer({ min: 0, max: 4_000 }), happening), { maxLength: 120 });

  test('a subject never fires twice without a resolve between, and a resolve names its firing', () => {
    fc.assert(
      fc.property(history, (steps) => {
        let fleet = EMPTY_FLEET;
        let nowMs = 1_000;
        const open = new Map<string, number>();
        for (const [waitMs, what] of steps) {
          nowMs += waitMs;
          const step =
            what.kind === 'tick'
              ? tickFleet(fleet, nowMs)
              : observeBeat(
                  fleet,
                  beat(
                    what.name,
                    what.kind === 'stopping'
                      ? { state: 'stopping' }
                      : { latencies: what.isSlow ? [slow] : [], ...what.fault },
                  ),
                  nowMs,
                );
          fleet = step.next;
          for (const t of step.transitions) {
            const key = `${t.watch} ${t.subject} ${t.hop ?? ''}`;
            if (t.kind === 'fired') {
              expect(open.has(key), key).toBe(false);
              open.set(key, t.startedMs);
            } else {
              expect(open.get(key), key).toBe(t.startedMs);
              open.delete(key);
            }
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('one who beats at least every 5 s never fires, whatever the others do', () => {
    fc.assert(
      fc.property(history, (steps) => {
        let fleet = EMPTY_FLEET;
        let nowMs = 1_000;
        for (const [waitMs, what] of steps) {
          nowMs += waitMs;
          fleet = observeBeat(fleet, beat('job/p/steady'), nowMs).next;
          const step = what.kind === 'tick' ? tickFleet(fleet, nowMs) : observeBeat(fleet, beat(what.name), nowMs);
          fleet = step.next;
          expect(step.transitions.filter((t) => t.subject === 'job/p/steady')).toEqual([]);
        }
      }),
    );
  });
});
