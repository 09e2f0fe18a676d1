import { describe, expect, test } from 'vitest';
import { planJob } from './plan-job.ts';

const EVENTS = `CREATE TABLE events (id STRING, n INT) WITH ('connector' = 'kafka', 'topic' = '\${project}.events', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset');
`;
const SHOWN = `CREATE TABLE shown (id STRING) WITH ('connector' = 'clickhouse');
`;

describe('a text that no job can be made of is refused with its place and what to write instead', () => {
  test.each([
    ['', 1, 1, 'the text has no INSERT INTO'],
    [EVENTS, 1, 1, 'the text has no INSERT INTO'],
    [`${EVENTS}SELECT id FROM events`, 2, 1, 'a job writes its rows into a table'],
    [`${EVENTS}${SHOWN}INSERT INTO shown SELECT id FROM events; SELECT id FROM events`, 3, 42, 'a job writes its rows'],
    [`${EVENTS}${SHOWN}INSERT INTO shown SELECT id, n FROM events`, 3, 19, 'the query has 2 columns'],
    [`${EVENTS}${SHOWN}INSERT INTO shown SELECT id FROM event`, 3, 34, 'there is no table event'],
    [
      `${EVENTS}${SHOWN}INSERT INTO shown SELECT CAST(COUNT(*) AS STRING) FROM events GROUP BY id`,
      3,
      13,
      'the rows of this query change later',
    ],
  ])('%s', (sql, line, column, message) => {
    const planned = planJob(sql, 'demo');
    const [problem] = planned.kind === 'refused' ? planned.problems : [];
    expect(problem).toMatchObject({ line, column, message: expect.stringContaining(message) as string });
    expect(problem?.hint ?? '').not.toBe('');
  });
});

test('INSERTs of a statement set, and several without one, are one plan with a sink each', () => {
  const two = `${SHOWN.replace('shown', 'others')}${SHOWN}`;
  const inserts = `INSERT INTO shown SELECT id FROM events WHERE n > 1; INSERT INTO others SELECT id FROM events;`;
  for (const sql of [inserts, `EXECUTE STATEMENT SET BEGIN ${inserts} END`]) {
    const planned = planJob(`${EVENTS}${two}${sql}`, 'demo');
    const nodes = planned.kind === 'ok' ? planned.plan.nodes : [];
    expect(nodes.filter(({ kind }) => kind === 'sink')).toHaveLength(2);
    expect(nodes.filter(({ kind }) => kind === 'source')).toHaveLength(1);
  }
});
