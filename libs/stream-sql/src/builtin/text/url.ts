import type { Value } from '../../values/data-type.ts';
import { bytesOfText, textOfBytes } from '../../values/bytes.ts';
import { map, STRING, withNullable } from '../../values/types.ts';
import { strict } from '../define.ts';
import type { ScalarFunction } from '../signature.ts';
import { compiledRegex, matchesOf } from './regex.ts';

/** Java's URLEncoder: letters, digits, . - * _ stay, a space is a plus. */
function urlEncode(text: string): string {
  let encoded = '';
  for (const byte of bytesOfText(text)) {
    const char = String.fromCharCode(byte);
    if (/[a-zA-Z0-9.\-*_]/.test(char)) encoded += char;
    else encoded += char === ' ' ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

/** NULL for an escape that is none. */
function urlDecode(text: string): Value {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return null;
  return text
    .replaceAll('+', ' ')
    .replaceAll(/(?:%[0-9a-fA-F]{2})+/g, (run) =>
      textOfBytes(Uint8Array.from(run.slice(1).split('%'), (digits) => Number.parseInt(digits, 16))),
    );
}

// scheme : // authority path ? query # fragment; java.net.URL wants a protocol that it knows.
const URL_PARTS = /^(https?|ftp|file|jar):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/i;

function parseUrl(url: string, part: string, key?: string): Value {
  const match = URL_PARTS.exec(url.trim());
  if (match === null) return null;
  const [, protocol = '', authority, path = '', query, ref] = match;
  if (key !== undefined && part !== 'QUERY') return null;
  const at = authority?.lastIndexOf('@') ?? -1;
  const host = authority?.slice(at + 1) ?? '';
  switch (part) {
    case 'PROTOCOL':
      return protocol.toLowerCase();
    case 'HOST':
      return host.startsWith('[') ? host.replace(/\]:\d*$/, ']') : host.replace(/:\d*$/, '');
    case 'PATH':
      return path;
    case 'QUERY':
      if (key === undefined || query === undefined) return query ?? null;
      return (
        query
          .split('&')
          .find((pair) => pair.startsWith(`${key}=`))
          ?.slice(key.length + 1) ?? null
      );
    case 'REF':
      return ref ?? null;
    case 'FILE':
      return query === undefined ? path : `${path}?${query}`;
    case 'AUTHORITY':
      return authority ?? null;
    case 'USERINFO':
      return at < 0 ? null : authority!.slice(0, at);
    default:
      return null;
  }
}

/** Java's String.split: empty parts at the end are dropped. */
function splitBy(text: string, pattern: string, limit?: number): string[] {
  const regex = compiledRegex(pattern);
  if (regex === undefined) return [text];
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of matchesOf(text, regex)) {
    if (limit !== undefined && parts.length >= limit - 1) break;
    if (end === 0) continue;
    parts.push(text.slice(from, start));
    from = end;
  }
  parts.push(text.slice(from));
  if (limit === undefined && parts.length > 1) while (parts.at(-1) === '') parts.pop();
  return parts;
}

/** Both delimiters are regular expressions. An entry without a value has NULL. */
function strToMap(text: string, entries = ',', keys = '='): Value {
  const map = new Map<Value, Value>();
  if (text === '') return map;
  for (const entry of splitBy(text, entries)) {
    const [key = '', value] = splitBy(entry, keys, 2);
    map.set(key, value ?? null);
  }
  return map;
}

export const URLS: readonly ScalarFunction[] = [
  strict(
    'string',
    'URL_ENCODE',
    'URL_ENCODE(text)',
    { required: ['text'], result: STRING, nullable: 'always' },
    urlEncode,
  ),
  strict(
    'string',
    'URL_DECODE',
    'URL_DECODE(text)',
    { required: ['text'], result: STRING, nullable: 'always' },
    urlDecode,
  ),
  strict(
    'string',
    'PARSE_URL',
    'PARSE_URL(url, part[, key])',
    { required: ['text', 'text'], optional: ['text'], result: STRING, nullable: 'always' },
    parseUrl,
  ),
  strict(
    'string',
    'STR_TO_MAP',
    'STR_TO_MAP(text[, entry delimiter, key delimiter])',
    {
      required: ['text'],
      optional: ['text', 'text'],
      result: map(withNullable(STRING, true), STRING),
      nullable: 'always',
    },
    strToMap,
  ),
];
