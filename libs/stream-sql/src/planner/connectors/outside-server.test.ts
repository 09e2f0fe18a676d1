import { expect, test } from 'vitest';
import { planScript } from '../plan-script.ts';

const script = (options: string): string => `
CREATE TABLE e (k STRING, n INT) WITH ('connector' = 'kafka', 'topic' = '\${project}.events', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset');
CREATE TABLE t (k STRING, n INT, PRIMARY KEY (k) NOT ENFORCED) WITH (${options});
INSERT INTO t SELECT k, n FROM e;`;

test.each([
  ['a password', "'connector' = 'jdbc', 'url' = 'jdbc:postgresql://h/d', 'username' = 'u', 'password' = 'sesame'", 92],
  ['a password in the URL', "'connector' = 'redis', 'url' = 'redis://u:sesame@h:6379'", 64],
  ['a password behind the URL', "'connector' = 'jdbc', 'url' = 'jdbc:postgresql://h/d?password=sesame'", 64],
  ['an address beside a connection', "'connector' = 'redis', 'connection' = 'shop', 'url' = 'redis://h:6379'", 64],
  ['no server at all', "'connector' = 'redis'", 14],
])('%s is refused in a project, and is not told again', (_, options, column) => {
  const planned = planScript(script(options), { project: 'p' });
  expect(planned.kind).toBe('refused');
  const [problem] = planned.kind === 'refused' ? planned.problems : [];
  expect(problem).toMatchObject({ line: 3 });
  expect(problem!.column).toBeGreaterThanOrEqual(column);
  expect(JSON.stringify(problem)).not.toContain('sesame');
});

test.each([
  ["'connector' = 'redis', 'connection' = 'shop'"],
  ["'connector' = 'redis', 'url' = 'redis://h:6379'"],
  ["'connector' = 'jdbc', 'url' = 'jdbc:postgresql://h:5432/d', 'table-name' = 't', 'username' = 'u'"],
])('%s names its server', (options) => {
  expect(planScript(script(options), { project: 'p' })).toMatchObject({ kind: 'ok' });
});
