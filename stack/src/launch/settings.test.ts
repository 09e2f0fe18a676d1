import { expect, test } from 'vitest';
import { readSettings } from './settings.ts';

const read = (environment: Record<string, string>) => readSettings({ HERMES_WORKSPACE: '/w', ...environment }, 7);

test('without settings: the data folder in the workspace, ports from 4000, every part its own', () => {
  const settings = read({});
  expect(settings).toMatchObject({ dataDir: '/w/.hermes', given: {}, startedAtMs: 7 });
  expect(settings.ports).toMatchObject({ console: 4000, alerting: 4005, kafka: 4010, postgres: 4014 });
});

test('a port base moves all ports, and one port can be set apart', () => {
  expect(read({ HERMES_PORT_BASE: '5000', HERMES_PORT_SQL_EXECUTOR: '6000' }).ports).toMatchObject({
    console: 5000,
    'sql-executor': 6000,
  });
});

test('port base 0 asks for free ports everywhere', () => {
  expect(new Set(Object.values(read({ HERMES_PORT_BASE: '0' }).ports))).toEqual(new Set([0]));
});

test('a named server takes the place of the part', () => {
  const given = {
    KAFKA_BROKERS: 'k-1:9092,k-2:9092',
    REDIS_URL: 'redis://r:6379',
    CLICKHOUSE_URL: 'http://u:p@c:8123',
    DATABASE_URL: 'postgres://u:p@d/x',
  };
  expect(read(given).given).toEqual({
    kafka: 'k-1:9092,k-2:9092',
    valkey: 'redis://r:6379',
    clickhouse: 'http://u:p@c:8123',
    postgres: 'postgres://u:p@d/x',
  });
});

test('an empty variable is as good as none', () => {
  expect(read({ KAFKA_BROKERS: '', HERMES_PORT_BASE: '' })).toMatchObject({ given: {}, ports: { kafka: 4010 } });
});

test.each([
  [{ HERMES_PORT_BASE: 'many' }, 'HERMES_PORT_BASE'],
  [{ HERMES_PORT_CONSOLE: '70000' }, 'HERMES_PORT_CONSOLE'],
  [{ KAFKA_BROKERS: 'kafka' }, 'KAFKA_BROKERS'],
  [{ REDIS_URL: 'localhost:6379' }, 'REDIS_URL'],
  [{ CLICKHOUSE_URL: 'tcp://c:9000' }, 'CLICKHOUSE_URL'],
  [{ DATABASE_URL: 'mysql://d/x' }, 'DATABASE_URL'],
])('a wrong setting is named: %o', (environment, name) => {
  expect(() => read(environment)).toThrow(name);
});
