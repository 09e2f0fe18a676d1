import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import type { OutgoingEvent } from '../api/outgoing-event.ts';
import { DEMO_EVENT_TYPES } from '../demo/event-types.ts';
import { ReplayMap } from './map.ts';
import { rowReader } from './row-event.ts';
import { openRowFile } from './rows.ts';

/** Real rows lie beside the checkout on some machines; they may not be part of it. */
const folder = join(import.meta.dirname, '../../../../shared/data');
const isPresent = (file: string): boolean => {
  const present = existsSync(join(folder, file));
  if (!present) console.info(`${file} is not there: its test did not run`);
  return present;
};

async function eventsOf(file: string, name: string): Promise<readonly OutgoingEvent[]> {
  const map = ReplayMap.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'maps', `${name}.json`), 'utf8')));
  const opened = await openRowFile(join(folder, file));
  const read = rowReader(map, map.type!, opened.name);
  const events: OutgoingEvent[] = [];
  let rowNumber = 0;
  for await (const row of opened.rows()) {
    const outcome = read(row, (rowNumber += 1));
    if (outcome.kind === 'event') events.push(outcome.event);
    else throw new Error(`row ${rowNumber}: ${outcome.reason}`);
  }
  return events;
}

function refusals(events: readonly OutgoingEvent[], type: string): Readonly<Record<string, number>> {
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  const validate = ajv.compile(DEMO_EVENT_TYPES[type]!.schema);
  const counts: Record<string, number> = {};
  for (const { data } of events) {
    if (validate(data)) continue;
    const field = validate.errors?.[0]?.instancePath ?? '';
    counts[field] = (counts[field] ?? 0) + 1;
  }
  return counts;
}

describe.runIf(isPresent('beijing-deals.csv.gz'))('the real deals', () => {
  test(
    'are 31,886 events with ids of their own, whose prices add up to the last fen',
    { timeout: 60_000 },
    async () => {
      const events = await eventsOf('beijing-deals.csv.gz', 'beijing-deals');
      expect([events.length, new Set(events.map(({ id }) => id)).size]).toEqual([31_886, 31_886]);
      const fen = events.reduce((sum, { data }) => sum + BigInt(String(data['totalPriceCny']).replace('.', '')), 0n);
      // The file has one digit after the point, in units of 10,000 CNY.
      let thousandCny = 0;
      for await (const row of (await openRowFile(join(folder, 'beijing-deals.csv.gz'))).rows())
        thousandCny += Math.round(Number(row['totalPrice']) * 10);
      expect(fen).toBe(BigInt(thousandCny) * 100_000n);
      expect(refusals(events, 'deal.signed')).toEqual({ '/totalPriceCny': 25, '/bathRooms': 7 });
    },
  );
});

describe.runIf(isPresent('gps-points.csv.gz'))('the real positions', () => {
  test('are 133,266 events of 11 people, all of which the event type takes', { timeout: 60_000 }, async () => {
    const events = await eventsOf('gps-points.csv.gz', 'gps-points');
    expect([events.length, new Set(events.map(({ subject }) => subject)).size]).toEqual([133_266, 11]);
    expect(refusals(events, 'broker.location')).toEqual({});
  });
});
