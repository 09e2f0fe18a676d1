import { SqlCatalog } from '@hermes/contracts/sql-catalog';
import { planScript } from '@hermes/stream-sql/planner/plan-script';
import { expect, test } from 'vitest';
import { LANGUAGE } from './language.ts';

test('what is completed from is as the contract says', () => {
  const catalog: SqlCatalog = { ...LANGUAGE, eventTypes: [], events: { table: 'events', createTable: '' } };
  expect(SqlCatalog.parse(catalog)).toEqual(catalog);
  expect(LANGUAGE.connectors.map(({ name }) => name)).toContain('kafka');
  expect(LANGUAGE.functions.length).toBeGreaterThan(200);
});

test.each(LANGUAGE.types.map(({ name }) => [name]))('a column may be %s', (name) => {
  const type = name
    .replace('name t, ...', 'a INT')
    .replace('p, s', '18, 2')
    .replaceAll(/\b[pn]\b/g, '3')
    .replace('k, v', 'STRING, INT')
    .replaceAll(/<t>/g, '<INT>');
  const planned = planScript(`CREATE TABLE t (x ${type}) WITH ('connector' = 'blackhole'); DESCRIBE t`, {
    project: 'demo',
  });
  expect(planned).toMatchObject({ kind: 'ok' });
});

test.each(
  LANGUAGE.settings
    .filter(({ default: fallback }) => fallback !== '' && fallback !== '-1')
    .map(({ key, default: fallback }) => [key, fallback]),
)('the setting %s takes its own default %s', (key, fallback) =>
  expect(planScript(`SET '${key}' = '${fallback}'; SET`, { project: 'demo' })).toMatchObject({ kind: 'ok' }),
);

test("options that are the platform's own are not offered", () => {
  const kafka = LANGUAGE.connectors.find(({ name }) => name === 'kafka')!;
  expect(kafka.options.map(({ key }) => key)).not.toContain('properties.*');
  expect(kafka.options.find(({ key }) => key === 'scan.startup.mode')).toMatchObject({
    takes: 'one-of',
    required: ['source'],
  });
});
