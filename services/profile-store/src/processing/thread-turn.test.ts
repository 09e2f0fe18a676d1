import { expect, test } from 'vitest';
import { type Turn, turnAfter } from './thread-turn.ts';

test.each<[Turn, number, boolean, Turn, string]>([
  ['usual', 0.3, false, 'first', 'what comes is counted first'],
  ['usual', 0.6, false, 'usual', 'a thread with much to do shares'],
  ['first', 0.6, false, 'first', 'a gust changes nothing'],
  ['first', 0.9, false, 'usual', 'who takes a whole core goes first no longer'],
  ['usual', 0.3, true, 'usual', 'a backlog takes what the others leave'],
  ['first', 0.3, true, 'usual', 'a backlog does not go first for long'],
  ['usual', 0.1, true, 'first', 'a backlog always comes nearer to its end'],
])('%s with %d of a core, behind %s: %s (%s)', (before, share, isBehind, after) => {
  expect(turnAfter(before, share, isBehind)).toBe(after);
});
