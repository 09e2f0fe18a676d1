import { expect, onTestFinished, test } from 'vitest';
import { openClickHouse } from './client.ts';
import { retryOnConnectionError } from './retry.ts';

const open = (change: (url: URL) => void = () => undefined) => {
  const clickHouseUrl = process.env['CLICKHOUSE_URL'];
  if (clickHouseUrl === undefined || clickHouseUrl === '') {
    throw new Error('CLICKHOUSE_URL is not set: these tests need a real ClickHouse');
  }
  const url = new URL(clickHouseUrl);
  change(url);
  const client = openClickHouse(url.href);
  onTestFinished(() => client.close());
  return client;
};

test('whole numbers past 2^53 and decimals arrive exactly', async () => {
  const query =
    "SELECT toUInt64(18446744073709551615) AS big, toDecimal64('0.10', 2) AS price, toDateTime64('2026-01-02 03:04:05.678', 3, 'UTC') AS at";
  const answer = await open().query({ query, format: 'JSONEachRow' });
  expect(await answer.json()).toEqual([{ big: '18446744073709551615', price: '0.1', at: '2026-01-02 03:04:05.678' }]);
});

test('the database of the URL is the one that unqualified names mean', async () => {
  const client = open((url) => (url.pathname = '/system'));
  const answer = await client.query({
    query: "SELECT count() > 0 AS found FROM tables WHERE name = 'tables'",
    format: 'JSONEachRow',
  });
  expect(await answer.json()).toEqual([{ found: 1 }]);
});

test('a wrong password is an error of the server, not of the connection: nothing repeats it', async () => {
  const client = open((url) => (url.password = 'wrong'));
  const result = await retryOnConnectionError(() => client.query({ query: 'SELECT 1' }));
  expect(result).toMatchObject({ kind: 'failed', reason: 'not-retriable', attempts: 1 });
});

test('an error after the first rows is an error, not a short answer', async () => {
  const answer = open().query({ query: 'SELECT throwIf(number = 300000) FROM numbers(400000)', format: 'JSONEachRow' });
  await expect(answer.then((rows) => rows.text())).rejects.toThrow();
});

test('a server that is away is asked again until the time is up', async () => {
  const client = open((url) => (url.host = '127.0.0.1:1'));
  const result = await retryOnConnectionError(() => client.query({ query: 'SELECT 1' }), { giveUpAfterMs: 1_000 });
  expect(result).toMatchObject({ kind: 'failed', reason: 'time-is-up', error: { code: 'ECONNREFUSED' } });
  expect(result.attempts).toBeGreaterThan(1);
});
