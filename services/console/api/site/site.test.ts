import { expect, test } from 'vitest';
import { contentSecurityPolicy } from './content-security-policy.ts';
import { isPagePath } from './site.ts';

test.each([
  ['/', true],
  ['/p/demo', true],
  ['/p/demo-with.dots', true],
  ['/sign-in', true],
  ['/api/session', false],
  ['/assets/index-abc.js', false],
  ['/favicon.svg', false],
  ['/docs', false],
  ['/health/ready', false],
  ['/metrics', false],
])('%s is a page of the application: %s', (path, expected) => expect(isPagePath(path)).toBe(expected));

test('no script may stand inline, and none may come from elsewhere', () => {
  const policy = contentSecurityPolicy('n0nce');
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("style-src 'self' 'nonce-n0nce'");
  expect(policy).toContain("frame-ancestors 'none'");
});
