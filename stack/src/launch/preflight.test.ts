import { expect, test } from 'vitest';
import { olderThan } from '../../preflight.mjs';

test.each([
  ['2.27', true],
  ['2.28', false],
  ['2.4', true],
  ['2.36', false],
  ['3.0', false],
])('glibc %s is older than 2.28: %s', (version, older) => expect(olderThan(version, '2.28')).toBe(older));
