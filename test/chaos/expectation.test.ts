import { expect, test } from 'vitest';
import type { Deal } from './deals.ts';
import { recompute } from './expectation.ts';

const deal = (dealId: string, change: Partial<Deal> = {}): Deal => ({
  dealId,
  cid: '11',
  tradeTime: '20161231',
  totalPrice: '225.1',
  square: '100',
  district: '6',
  ...change,
});

test('counts, sums and windows of seen times follow the rows', () => {
  const truth = recompute([
    deal('1'),
    deal('2', { tradeTime: '20161201', totalPrice: '0.1' }),
    deal('3', { cid: '12', district: '7', tradeTime: '20170101' }),
  ]);
  expect([...truth.sums]).toEqual([
    ['6 201612', '2 225200000'],
    ['7 201701', '1 225100000'],
  ]);
  expect(truth.profiles.get('community:11')).toBe('2 2016-11-30T16:00:00.000Z 2016-12-30T16:00:00.000Z');
  expect(truth.rows.get('2')).toBe('6 201612 100000');
});

test('features follow the rows, by community and by district', () => {
  const { features } = recompute([
    deal('1', { totalPrice: '500.00' }),
    deal('2', { totalPrice: '0.1', district: '7' }),
    deal('2', { totalPrice: '0.1', district: '7' }),
  ]);
  expect(Object.fromEntries(features)).toEqual({
    'community:11 deals': '2',
    'community:11 value': '5001000',
    'community:11 value_later': '5001000',
    'community:11 value_30d': '0 late 2',
    'community:11 districts': '2',
    'community:11 dear': '1',
    'community:11 highest': '5000000',
    'community:11 top_district': '[{"value":"6","count":1}]',
    'district:6 district_deals': '1',
    'district:6 district_value': '5000000',
    'district:7 district_deals': '1',
    'district:7 district_value': '1000',
  });
});

test('a row that stands in the file twice is one event', () => {
  expect(recompute([deal('1'), deal('1')]).sums.get('6 201612')).toBe('1 225100000');
});

test.each<[string, Partial<Deal>, number, number]>([
  ['just under 10 million raises nothing', { totalPrice: '999.9' }, 0, 0],
  ['10 million raises an alert', { totalPrice: '1000.0' }, 1, 1],
  ['a small home in the district is decided without an alert', { district: '8', square: '59.99' }, 1, 0],
  ['one of 60 m2 is not small', { district: '8', square: '60' }, 0, 0],
  ['both rules may fire', { totalPrice: '1000', district: '8', square: '50' }, 2, 1],
])('%s', (_, change, decisions, alerts) => {
  const truth = recompute([deal('1', change)]);
  expect([truth.decisions.size, truth.alerts.size]).toEqual([decisions, alerts]);
});
