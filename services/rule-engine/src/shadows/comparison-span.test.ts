import type { Condition, RuleDraft } from '@hermes/contracts/rule';
import { expect, test } from 'vitest';
import { comparedSpan, comparisonNotes } from './comparison-span.ts';

const MINUTE = 60_000;
/** In minutes. */
const DAY = 1_440;
/** In minutes: it ran from 10, which is taken up by 10 and a second, and ended at 50 where it has. */
test.each<[string, number | null, number | null, readonly [number?, number?], readonly [number, number]]>([
  ['all that there is', 10, null, [], [10, 60]],
  ['all of one that is over', 10, 50, [], [10, 50]],
  ['the last week of more', 10, 8 * DAY + 50, [], [DAY + 50, 8 * DAY + 50]],
  ['what is asked for', 10, null, [20, 30], [20, 30]],
  ['nothing from before it ran', 10, null, [0, 30], [10, 30]],
  ['nothing from after it ended', 10, 50, [20, 55], [20, 50]],
  ['nothing that is not yet', 10, null, [20, 90], [20, 60]],
  ['nothing: all of it was before', 10, null, [0, 5], [10, 10]],
  ['nothing: all of it was after', 10, 50, [55, 58], [55, 55]],
  ['nothing: it never ran', null, 50, [], [60, 60]],
])('compared is %s', (_, since, ended, [from, to], [fromMinute, toMinute]) => {
  const at = (minute: number | null): Date | null => (minute === null ? null : new Date(minute * MINUTE));
  const ms = (minute: number | undefined): number | undefined => minute && minute * MINUTE;
  const asked = { fromMs: from === undefined ? undefined : from * MINUTE, toMs: ms(to) };
  const begin = (minute: number): number => minute * MINUTE + (minute === since ? 1_000 : 0);
  expect(comparedSpan({ runningSince: at(since), endedAt: at(ended) }, asked, 60 * MINUTE)).toEqual({
    fromMs: begin(fromMinute),
    toMs: begin(toMinute),
  });
});

const waits: Condition = {
  all: [
    {
      fact: 'absence',
      params: { after: { type: 'a' }, no: { type: 'b' }, within: { hours: 1 } },
      operator: 'equal',
      value: true,
    },
  ],
};
const draft = (more: Partial<RuleDraft> = {}): RuleDraft => ({
  ...{ name: 'r', eventTypes: ['a'], conditions: { all: [] }, event: { type: 'r' }, severity: 'info', alert: true },
  ...more,
});
const running = new Date(0);
const hour = { suppression: { hours: 1 } };

test.each<[string, Parameters<typeof comparisonNotes>, readonly string[]]>([
  ['nothing', [{ draft: draft(), runningSince: running }, draft(), { fromMs: 1, toMs: 2 }, 1], []],
  [
    'that it does not run yet',
    [{ draft: draft(), runningSince: null }, draft(), { fromMs: 1, toMs: 1 }, 0],
    ['not-running'],
  ],
  [
    'that it did not run then',
    [{ draft: draft(), runningSince: running }, draft(), { fromMs: 1, toMs: 1 }, 0],
    ['nothing-compared'],
  ],
  [
    'that its suppression began with it',
    [{ draft: draft(hour), runningSince: running }, draft(hour), { fromMs: 30 * MINUTE, toMs: 90 * MINUTE }, 1],
    ['suppression-begins-anew'],
  ],
  [
    'nothing of that once its first period is over',
    [{ draft: draft(hour), runningSince: running }, draft(hour), { fromMs: 60 * MINUTE, toMs: 90 * MINUTE }, 1],
    [],
  ],
  [
    'that it alone remembers something',
    [{ draft: draft({ conditions: waits }), runningSince: running }, draft(), { fromMs: 1, toMs: 2 }, 1],
    ['memory-begins-anew'],
  ],
  [
    'nothing of what both remember',
    [
      { draft: draft({ conditions: waits }), runningSince: running },
      draft({ conditions: waits }),
      { fromMs: 1, toMs: 2 },
      1,
    ],
    [],
  ],
  [
    'that the version in force was another for a while',
    [{ draft: draft(), runningSince: running }, draft(), { fromMs: 1, toMs: 2 }, 2],
    ['several-in-force'],
  ],
])('a reader is told %s', (_, given, codes) => {
  expect(comparisonNotes(...given).map(({ code }) => code)).toEqual(codes);
});
