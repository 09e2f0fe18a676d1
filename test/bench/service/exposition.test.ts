import { expect, test } from 'vitest';
import { bucketOf, figureIn } from './exposition.ts';

const TEXT = `# HELP a_ms of the test
# TYPE a_ms histogram
a_ms_bucket{le="1"} 50
a_ms_bucket{le="2"} 99
a_ms_bucket{le="4"} 100
a_ms_bucket{le="+Inf"} 100
a_ms_sum 120.5
late_total{project="p",feature="x"} 3
late_total{project="p",feature="y"} 4
fresh_ms{quantile="0.99"} 12
`;

test('a figure is the sum over the labels that were not asked for', () => {
  expect(figureIn(TEXT, 'late_total')).toBe(7);
  expect(figureIn(TEXT, 'late_total', { feature: 'y' })).toBe(4);
  expect(figureIn(TEXT, 'fresh_ms', { quantile: '0.99' })).toBe(12);
  expect(figureIn(TEXT, 'nothing')).toBeNaN();
});

test("a histogram's quantile is the upper edge of its bucket", () => {
  expect(bucketOf(TEXT, 'a_ms', 0.5)).toBe(1);
  expect(bucketOf(TEXT, 'a_ms', 0.99)).toBe(2);
  expect(bucketOf(TEXT, 'a_ms', 0.991)).toBe(4);
  expect(bucketOf(TEXT, 'other_ms', 0.5)).toBeNaN();
});

test('what was observed before does not count', () => {
  const later = TEXT.replace('le="2"} 99', 'le="2"} 109')
    .replace('le="4"} 100', 'le="4"} 110')
    .replace('+Inf"} 100', '+Inf"} 110');
  expect(bucketOf(later, 'a_ms', 0.5)).toBe(2);
  expect(bucketOf(later, 'a_ms', 0.01, { since: TEXT })).toBe(2);
  expect(bucketOf(TEXT, 'a_ms', 0.5, { since: TEXT })).toBeNaN();
});
