import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';

/**
 * Networks that are not the public Internet: this host, private and shared networks, link-local (cloud metadata among it),
 * multicast and reserved. Source: IANA special-purpose address registries (RFC 6890).
 */
const NOT_PUBLIC = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  NOT_PUBLIC.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  NOT_PUBLIC.addSubnet(network, prefix, 'ipv6');
}

/** Whether an address is not one of the public Internet. IPv4 inside IPv6 is judged as the IPv4 that it is. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  return family === 0 || NOT_PUBLIC.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Why a URL's host is refused before any name is looked up; undefined when it may be tried. */
export function refusedHost(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return isIP(host) !== 0 && isPrivateAddress(host) ? `the address ${host} is private` : undefined;
}

/** The error of a name whose every address is private. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/**
 * `dns.lookup` that answers public addresses only. It sits in the connection itself, so the address that was checked is the
 * address that is connected to, and a name that changes in between gains nothing.
 */
export function publicLookup(hostname: string, options: LookupOptions, callback: LookupCallback): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, []);
    const publicOnes = addresses.filter(({ address }) => !isPrivateAddress(address));
    const first = publicOnes[0];
    if (first === undefined) return callback(new PrivateAddressError(`${hostname} has private addresses only`), []);
    return options.all === true ? callback(null, publicOnes) : callback(null, first.address, first.family);
  });
}
