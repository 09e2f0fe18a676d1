import { expect, test } from 'vitest';
import { isPrivateAddress, publicLookup, refusedHost } from './private-addresses.ts';

test.each([
  ['127.0.0.1', true],
  ['10.1.2.3', true],
  ['172.16.0.1', true],
  ['172.32.0.1', false],
  ['192.168.1.1', true],
  ['169.254.169.254', true],
  ['100.64.0.1', true],
  ['0.0.0.0', true],
  ['224.0.0.1', true],
  ['8.8.8.8', false],
  ['::1', true],
  ['::', true],
  ['fe80::1', true],
  ['fd00::1', true],
  ['::ffff:127.0.0.1', true],
  ['::ffff:8.8.8.8', false],
  ['64:ff9b::7f00:1', true],
  ['2606:4700:4700::1111', false],
  ['no address', true],
])('%s is private: %s', (address, expected) => expect(isPrivateAddress(address)).toBe(expected));

test.each([
  ['http://127.0.0.1/', true],
  ['http://2130706433/', true],
  ['http://0x7f.1/', true],
  ['http://[::1]:80/', true],
  ['https://93.184.216.34/', false],
  ['https://example.org/', false],
])('%s is refused before any name is looked up: %s', (url, expected) => {
  expect(refusedHost(new URL(url)) !== undefined).toBe(expected);
});

test('a name that means this host is refused when it is connected to', async () => {
  const error = await new Promise<Error | null>((resolve) => {
    publicLookup('localhost', {}, (failure) => resolve(failure));
  });
  expect(error?.name).toBe('PrivateAddressError');
});
