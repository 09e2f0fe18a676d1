import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { INITIAL_LATENCY, stepLatency } from './latency-watch.ts';

type Beat = 'slow' | 'fast' | 'idle';
const hop = (beat: Beat) => ({
  hop: 'decided',
  count: beat === 'idle' ? 0 : 5,
  p50Ms: 1,
  p99Ms: beat === 'slow' ? 101 : beat === 'idle' ? 0 : 100,
  limitMs: 100,
});

function run(beats: readonly Beat[]): readonly (string | undefined)[] {
  let state = INITIAL_LATENCY;
  return beats.map((beat, at) => {
    const step = stepLatency(state, hop(beat), at * 2_000);
    state = step.next;
    return step.event?.kind;
  });
}

test.each<[string, Beat[], (string | undefined)[]]>([
  ['exactly the limit is within it', ['fast', 'fast', 'fast', 'fast'], []],
  ['two slow beats are an outlier', ['slow', 'slow', 'fast', 'slow', 'slow'], []],
  ['three in a row fire, once', ['slow', 'slow', 'slow', 'slow'], [undefined, undefined, 'fired', undefined]],
  [
    'idle beats in between neither fire nor forgive',
    ['slow', 'idle', 'slow', 'idle', 'slow'],
    [undefined, undefined, undefined, undefined, 'fired'],
  ],
  [
    'three beats within the limit resolve',
    ['slow', 'slow', 'slow', 'fast', 'fast', 'fast'],
    [undefined, undefined, 'fired', undefined, undefined, 'resolved'],
  ],
  [
    'a relapse starts the recovery anew',
    ['slow', 'slow', 'slow', 'fast', 'fast', 'slow', 'fast', 'fast'],
    [undefined, undefined, 'fired', undefined, undefined, undefined, undefined, undefined],
  ],
  [
    'a hop that falls idle recovers',
    ['slow', 'slow', 'slow', 'idle', 'idle', 'idle'],
    [undefined, undefined, 'fired', undefined, undefined, 'resolved'],
  ],
])('%s', (_, beats, expected) => expect(run(beats)).toEqual(beats.map((__, at) => expected[at])));

test('firings and resolves alternate, whatever the beats', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom<Beat>('slow', 'fast', 'idle'), { maxLength: 60 }), (beats) => {
      const said = run(beats).filter((kind) => kind !== undefined);
      said.forEach((kind, at) => expect(kind).toBe(at % 2 === 0 ? 'fired' : 'resolved'));
    }),
  );
});
