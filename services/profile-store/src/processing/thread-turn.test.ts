import { expect, test } from 'vitest';
import { type Turn, turnAfter } from './thread-turn.ts';

test.each<[Turn, number, Turn, string]>([
  ['usual', 0.3, 'first', 'what comes is counted first, and a backlog that gets little has half a core'],
  ['usual', 0.6, 'usual', 'a thread with much to do shares'],
  ['first', 0.6, 'first', 'a gust changes nothing'],
  ['first', 0.9, 'usual', 'who takes a whole core goes first no longer'],
])('%s with %d of a core: %s (%s)', (before, share, after) => {
  expect(turnAfter(before, share)).toBe(after);
});
