import { expect, test } from 'vitest';
import { parseStartArguments } from './arguments.ts';

test('npm start alone keeps the data, shows the demo and asks before deleting', () => {
  expect(parseStartArguments([])).toEqual({ check: false, fresh: false, yes: false, demo: true });
});

test('each word turns on what it says', () => {
  expect(parseStartArguments(['--fresh', '--yes', '--no-demo'])).toEqual({
    check: false,
    fresh: true,
    yes: true,
    demo: false,
  });
});

test.each([
  ['a word it does not know is named', ['--frehs'], '"--frehs"'],
  ['a check without the demo has nothing to follow', ['--check', '--no-demo'], 'leave --no-demo out'],
])('%s', (_, args, message) => {
  expect(() => parseStartArguments(args)).toThrow(message);
});
