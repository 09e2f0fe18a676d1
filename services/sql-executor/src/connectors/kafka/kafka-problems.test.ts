import { expect, test } from 'vitest';
import { planJob } from '../../jobs/plan-job.ts';

const kafka = (topic: string, more = ''): string =>
  `'connector' = 'kafka', 'topic' = '${topic}', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset'${more}`;
const KEYED = ", 'key.fields' = 'k', 'key.format' = 'raw', 'value.fields-include' = 'EXCEPT_KEY'";

test.each([
  [
    'a topic of the platform',
    'k STRING',
    kafka('p.events'),
    kafka('p.events'),
    'the topic p.events is written by the platform alone',
  ],
  [
    'a topic of dead letters',
    'k STRING',
    kafka('p.events'),
    kafka('p.sql-executor.dlq'),
    'written by the platform alone',
  ],
  [
    'a key that is not in the value',
    'k STRING, n INT',
    kafka('p.events', KEYED),
    kafka('p.mine'),
    "only in the record's key",
  ],
])('%s is refused where the table stands', (_, columns, source, sink, message) => {
  const planned = planJob(
    `CREATE TABLE a (${columns}) WITH (${source});\nCREATE TABLE b (${columns}) WITH (${sink});\nINSERT INTO b SELECT * FROM a;`,
    'p',
  );
  expect(planned.kind === 'refused' && planned.problems.map((problem) => problem.message).join()).toContain(message);
});

test('a topic of its own is written, with the key out of the value too', () => {
  const planned = planJob(
    `CREATE TABLE a (k STRING, n INT) WITH (${kafka('p.events')});
     CREATE TABLE b (k STRING, n INT) WITH (${kafka('p.mine', KEYED)});
     INSERT INTO b SELECT * FROM a;`,
    'p',
  );
  expect(planned.kind).toBe('ok');
});
