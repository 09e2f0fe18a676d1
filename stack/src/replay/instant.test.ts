import { expect, test } from 'vitest';
import { instantReader } from './instant.ts';

test.each([
  [
    'a day in China begins eight hours before it does in Greenwich',
    'YYYYMMDD',
    'Asia/Shanghai',
    '20121221',
    '2012-12-20T16:00:00.000Z',
  ],
  ['China had summer time in 1988', 'YYYY-MM-DD', 'Asia/Shanghai', '1988-07-01', '1988-06-30T15:00:00.000Z'],
  ['UTC to the second', 'YYYY-MM-DD HH:mm:ss', 'UTC', '2008-10-23 02:53:04', '2008-10-23T02:53:04.000Z'],
  ['milliseconds', 'DD.MM.YYYY HH:mm:ss.SSS', 'UTC', '01.02.2020 03:04:05.678', '2020-02-01T03:04:05.678Z'],
  ['a winter day', 'YYYY-MM-DD HH:mm', 'Europe/Berlin', '2026-01-15 12:00', '2026-01-15T11:00:00.000Z'],
  ['a summer day', 'YYYY-MM-DD HH:mm', 'Europe/Berlin', '2026-07-15 12:00', '2026-07-15T10:00:00.000Z'],
  [
    'of the hour that comes twice the first one',
    'YYYY-MM-DD HH:mm',
    'Europe/Berlin',
    '2026-10-25 02:30',
    '2026-10-25T00:30:00.000Z',
  ],
  [
    'an hour that a clock change skips, as if it had not',
    'YYYY-MM-DD HH:mm',
    'Europe/Berlin',
    '2026-03-29 02:30',
    '2026-03-29T01:30:00.000Z',
  ],
  ['just before a clock change', 'YYYY-MM-DD HH:mm', 'Europe/Berlin', '2026-03-29 01:59', '2026-03-29T00:59:00.000Z'],
  ['just after it', 'YYYY-MM-DD HH:mm', 'Europe/Berlin', '2026-03-29 03:00', '2026-03-29T01:00:00.000Z'],
  ['ISO with an offset', 'iso', 'UTC', '2026-03-01T10:00:00+08:00', '2026-03-01T02:00:00.000Z'],
  ['seconds since 1970', 'unix-s', 'UTC', '1456617600', '2016-02-28T00:00:00.000Z'],
  ['milliseconds since 1970', 'unix-ms', 'UTC', '1456617600123', '2016-02-28T00:00:00.123Z'],
])('%s', (_, format, zone, text, expected) =>
  expect(new Date(instantReader(format, zone)(text)!).toISOString()).toBe(expected),
);

test.each([
  ['a day that does not exist', 'YYYYMMDD', '20130231'],
  ['a month that does not exist', 'YYYYMMDD', '20131301'],
  ['an hour that does not exist', 'YYYY-MM-DD HH', '2013-01-01 24'],
  ['another format', 'YYYYMMDD', '2013-01-01'],
  ['something behind it', 'YYYYMMDD', '20130101x'],
  ['ISO without a zone', 'iso', '2026-03-01T10:00:00'],
  ['a blank', 'unix-s', ''],
])('%s is no instant', (_, format, text) => expect(instantReader(format, 'Asia/Shanghai')(text)).toBeUndefined());

test('a format without a year is refused before the first row', () =>
  expect(() => instantReader('HH:mm', 'UTC')).toThrow('YYYY'));
