import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ReplayMap } from './map.ts';
import { columnsOf, rowReader } from './row-event.ts';

const shipped = (name: string): ReplayMap =>
  ReplayMap.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'maps', `${name}.json`), 'utf8')));

const deal = {
  dealId: '1001',
  Lng: '116.4',
  Lat: '39.9',
  Cid: 'c1',
  tradeTime: '20160302',
  followers: '3',
  totalPrice: '225.1',
  square: '57.16',
  livingRoom: '3.0',
  bathRoom: '1.0',
  floor: '18',
  constructionTime: '2003.0',
  elevator: '1.0',
  subway: '0.0',
  district: '6',
  communityAverage: '',
};

describe('the shipped map of deals', () => {
  const read = rowReader(shipped('beijing-deals'), 'deal.signed', 'deals.csv');

  test('makes of a row one event: price exact, day in the zone of the city, place in BD-09 as the file has it', () => {
    expect(read(deal, 1)).toEqual({
      kind: 'event',
      event: {
        specversion: '1.0',
        id: '1001',
        source: 'replay:beijing-deals',
        type: 'deal.signed',
        subject: 'community:c1',
        time: '2016-03-01T16:00:00.000Z',
        data: {
          dealId: '1001',
          line: 'second-hand',
          district: '6',
          communityId: 'c1',
          totalPriceCny: '2251000.00',
          areaM2: 57.16,
          signedAt: '2016-03-01T16:00:00.000Z',
          longitude: 116.4,
          latitude: 39.9,
          followers: 3,
          livingRooms: 3,
          bathRooms: 1,
          floors: 18,
          builtYear: 2003,
          hasElevator: true,
          nearSubway: false,
        },
      },
    });
  });

  test('a blank, or a text that means nothing is known, leaves the field out', () => {
    const outcome = read({ ...deal, elevator: '', constructionTime: '0.0', Lat: '' }, 1);
    const { data } = (outcome as Extract<typeof outcome, { kind: 'event' }>).event;
    for (const name of ['hasElevator', 'builtYear', 'longitude', 'latitude']) expect(data).not.toHaveProperty(name);
  });

  test('what is no number goes out as it is, for the schema to refuse with a reason', () => {
    expect(read({ ...deal, square: 'big', totalPrice: '?', elevator: 'maybe' }, 1)).toMatchObject({
      event: { data: { areaM2: 'big', totalPriceCny: '?', hasElevator: 'maybe' } },
    });
  });

  test.each([
    ['a row without an id', { ...deal, dealId: ' ' }, 'dealId'],
    ['a row with a day that does not exist', { ...deal, tradeTime: '20160231' }, 'tradeTime'],
  ])('%s is named unreadable, with the column', (_, row, column) => {
    const outcome = read(row, 1);
    expect(outcome).toMatchObject({ kind: 'unreadable' });
    expect(outcome.kind === 'unreadable' && outcome.reason).toContain(column);
  });
});

describe('the shipped map of positions', () => {
  const read = rowReader(shipped('gps-points'), 'broker.location', 'gps-points.csv');
  const fix = { device_id: '000', lat: '39.984702', lon: '116.318417', alt_ft: '492', ts_utc: '2008-10-23 02:53:04' };

  test('numbers rows that have no id of their own, so that two fixes of one second stay two', () => {
    expect(read(fix, 41)).toMatchObject({
      event: { id: 'gps-points.csv#41', subject: 'broker:000', time: '2008-10-23T02:53:04.000Z' },
    });
    expect(read(fix, 42)).toMatchObject({ event: { id: 'gps-points.csv#42' } });
  });

  test('feet become metres without the noise of binary fractions, and -777 means unknown', () => {
    expect(read({ ...fix, alt_ft: '33' }, 1)).toMatchObject({ event: { data: { altitudeM: 10.0584 } } });
    expect(read({ ...fix, alt_ft: '-777' }, 1)).not.toHaveProperty('event.data.altitudeM');
  });
});

test('a map names every column that it needs, those inside the subject included', () => {
  expect([...columnsOf(shipped('gps-points'))].sort()).toEqual(['alt_ft', 'device_id', 'lat', 'lon', 'ts_utc']);
});

test('a map with a misspelt word is refused', () => {
  expect(ReplayMap.safeParse({ ...shipped('gps-points'), feilds: [] }).success).toBe(false);
});
