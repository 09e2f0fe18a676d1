import { expect, test } from 'vitest';
import { isErased } from './erased-decision.ts';

const ERASED_AT = Date.UTC(2026, 2, 5);
const erased = { covers: (who: string, timeMs: number) => who === 'device:d-1' && timeMs <= ERASED_AT };
const [before, after] = ['2026-03-04T00:00:00.000Z', '2026-03-06T00:00:00.000Z'];

test.each([
  ['of the subject, before', { subject: 'device:d-1', event: { time: before } }, true],
  ['of the subject, after', { subject: 'device:d-1', event: { time: after } }, false],
  ['of the key, before', { subject: 'broker:b-1', key: 'device:d-1', event: { time: before } }, true],
  ['of the key, after', { subject: 'broker:b-1', key: 'device:d-1', event: { time: after } }, false],
  ['of another key', { subject: 'broker:b-1', key: 'device:d-2', event: { time: before } }, false],
  ['of no key', { subject: 'broker:b-1', key: '', event: { time: before } }, false],
])('a decision %s: erased is %3$s', (_, decision, is) => {
  expect(isErased(erased, decision)).toBe(is);
});
