import { describe, expect, test } from 'vitest';
import { credentialOf, roleCovers } from './access.ts';

const basic = (user: string, password = ''): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

describe('the credential of an Authorization header', () => {
  test.each([
    ['Bearer hk_a_b', 'hk_a_b'],
    ['bearer   hk_a_b', 'hk_a_b'],
    [basic('hk_a_b'), 'hk_a_b'],
    [basic('hk_a_b', 'ignored'), 'hk_a_b'],
    [basic(''), undefined],
    ['Bearer', undefined],
    ['Digest x', undefined],
    [undefined, undefined],
  ])('%s', (header, expected) => expect(credentialOf(header)).toBe(expected));
});

describe('a role covers itself and what is below', () => {
  test.each([
    ['owner', 'viewer', true],
    ['editor', 'editor', true],
    ['viewer', 'editor', false],
    [undefined, 'viewer', false],
  ] as const)('%s covers %s: %s', (have, want, expected) => expect(roleCovers(have, want)).toBe(expected));
});
