import { expect, test } from 'vitest';
import { tallyOf } from './vitest-results.ts';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((of) => ({ status: of })),
});
const report = (numPassedTests: number, numFailedTests: number, ...testResults: ReturnType<typeof file>[]) => ({
  numPassedTests,
  numFailedTests,
  numPendingTests: 0,
  testResults,
});

test.each([
  [
    'tests are counted',
    report(2, 1, file('failed', 'passed', 'failed'), file('passed', 'passed')),
    1,
    { passed: 2, failed: 1 },
  ],
  [
    'a file that cannot be loaded is a failure',
    report(1, 0, file('failed'), file('passed', 'passed')),
    1,
    { passed: 1, failed: 1 },
  ],
  [
    'a run that ends badly with nothing failed is a failure',
    report(1, 0, file('passed', 'passed')),
    1,
    { passed: 1, failed: 1 },
  ],
  ['a run without a report is a failure', undefined, 137, { passed: 0, failed: 1 }],
  ['a project without tests is none', undefined, 0, { passed: 0, failed: 0 }],
])('%s', (_, json, exitCode, expected) => {
  expect(tallyOf(json, exitCode)).toMatchObject(expected);
});
