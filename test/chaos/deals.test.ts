import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Deal, dealsAsCsv, fenOf, generateDeals, readDeals, timeOf, yuanText } from './deals.ts';
import { diceOf } from './dice.ts';

test.each([
  ['225.0', '2250000.00'],
  ['0.1', '1000.00'],
  ['11600', '116000000.00'],
  ['1.000001', '10000.01'],
  ['0', '0.00'],
])('%s x 10,000 CNY is %s CNY to the fen', (price, yuan) => expect(yuanText(fenOf(price))).toBe(yuan));

test('a day of Shanghai begins at 16:00 UTC of the day before', () => {
  const deal: Deal = { dealId: '1', cid: '2', tradeTime: '20160101', totalPrice: '1', square: '50', district: '6' };
  expect(timeOf(deal)).toBe('2015-12-31T16:00:00.000Z');
});

test('the same seed generates the same deals, each with an id of its own', () => {
  const deals = generateDeals(diceOf(3), 500);
  expect(generateDeals(diceOf(3), 500)).toEqual(deals);
  expect(new Set(deals.map((deal) => deal.dealId)).size).toBe(500);
});

test('what is written as CSV reads back as it was', () => {
  const deals = generateDeals(diceOf(5), 100);
  const folder = mkdtempSync(join(tmpdir(), 'deals-'));
  writeFileSync(join(folder, 'deals.csv'), dealsAsCsv(deals));
  expect(readDeals(join(folder, 'deals.csv'))).toEqual(deals);
  rmSync(folder, { recursive: true });
});
