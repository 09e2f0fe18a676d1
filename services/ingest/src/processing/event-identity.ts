import { hash } from 'node:crypto';

/** 128 bits of SHA-256 in base64url: at 10^12 events in a window, two different ones share a hash with probability 1.5e-15. */
const digest = (text: string): string => hash('sha256', text, 'buffer').subarray(0, 16).toString('base64url');

/** State key under which (source, id) is remembered. The length keeps ('a', 'bc') and ('ab', 'c') apart. */
export const seenKey = (source: string, id: string): string => `d:${digest(`${source.length}:${source}${id}`)}`;

/** State key of a source's counts. */
export const countsKey = (source: string): string => `c:${digest(source)}`;
