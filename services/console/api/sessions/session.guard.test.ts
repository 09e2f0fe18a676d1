import { ProblemError } from '@hermes/service-kit/problem';
import { expect, test } from 'vitest';
import { type Demand, refuseCrossSite, requireDemand } from './session.guard.ts';
import type { Person } from './session.repository.ts';

const outcome = (work: () => void): number => {
  try {
    work();
    return 200;
  } catch (error) {
    if (error instanceof ProblemError) return error.fields.status;
    throw error;
  }
};

test.each<[string, string, Record<string, string>, number]>([
  ['reading needs no header', 'GET', {}, 200],
  ['a write with the header passes', 'POST', { 'x-hermes-request': '1' }, 200],
  ['a write without the header is refused', 'POST', {}, 403],
  [
    'a write from another site is refused even with the header',
    'DELETE',
    { 'x-hermes-request': '1', 'sec-fetch-site': 'cross-site' },
    403,
  ],
  ['a write from a sister host is refused', 'PUT', { 'x-hermes-request': '1', 'sec-fetch-site': 'same-site' }, 403],
  ['the own page passes', 'PATCH', { 'x-hermes-request': '1', 'sec-fetch-site': 'same-origin' }, 200],
])('%s', (_, method, headers, status) => expect(outcome(() => refuseCrossSite({ method, headers }))).toBe(status));

const person = (change: Partial<Person>): Person => ({
  id: 'u',
  email: 'u@x.y',
  name: 'U',
  operator: false,
  roles: {},
  sessionExpiresAt: '2026-01-01T00:00:00.000Z',
  ...change,
});

test.each<[string, Partial<Person>, Demand, number]>([
  ['a member passes where the role is enough', { roles: { city: 'editor' } }, 'viewer', 200],
  ['a member is refused where the role is not enough', { roles: { city: 'editor' } }, 'owner', 403],
  ["another project's member does not even learn that the project exists", { roles: { town: 'owner' } }, 'viewer', 404],
  ['an operator passes everywhere', { operator: true }, 'owner', 200],
  ['only an operator is an operator', { roles: { city: 'owner' } }, 'operator', 403],
  ['a session alone is enough where nothing more is asked', {}, 'session', 200],
])('%s', (_, change, demand, status) =>
  expect(outcome(() => requireDemand(person(change), demand, 'city'))).toBe(status),
);
