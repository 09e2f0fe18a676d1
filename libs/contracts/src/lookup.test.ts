import { expect, test } from 'vitest';
import { LookupDraft } from './lookup.ts';

const takes = (url: string): boolean =>
  LookupDraft.safeParse({ kind: 'http', name: 'Credit', url, fallback: null }).success;

test.each([
  'https://crm.example/customers/{key}',
  'https://crm.example/customers?id={key}&all',
  'http://crm.example:8080/{key}/score',
  'https://keystone.example/customers/{key}',
  'https://monkey.example/KEY/{key}',
])('the key stands in the path or the query of %s', (url) => expect(takes(url)).toBe(true));

test.each([
  'https://crm.example/customers',
  'https://crm.example/{key}/{key}',
  'https://{key}.example/customers',
  'https://crm.example:8{key}/customers',
  'https://{key}@crm.example/KEY',
  'https://user:{key}@crm.example/KEY',
  'https://crm.example/KEY#{key}',
  'ftp://crm.example/{key}',
  'customers/{key}',
])('%s is no address of a lookup', (url) => expect(takes(url)).toBe(false));
