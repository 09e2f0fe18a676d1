import { describe, expect, test } from 'vitest';
import { planPreview } from './plan-preview.ts';

const EVENTS = `CREATE TABLE events (id STRING, n INT) WITH ('connector' = 'kafka', 'topic' = '\${project}.events', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset');
`;
const SHOWN = `CREATE TABLE shown (id STRING) WITH ('connector' = 'print');
`;
const INSERT = 'INSERT INTO shown SELECT id FROM events';

describe('what a preview cannot show is refused with its place and what to do', () => {
  test.each([
    ['', 1, 1, 'the text has nothing to preview'],
    [EVENTS, 1, 1, 'the text has nothing to preview'],
    ['SELECT 1; SELECT 2', 1, 11, 'a preview shows one statement'],
    [`${EVENTS}SHOW TABLES; SELECT id FROM events`, 2, 14, 'a preview shows one statement'],
    [`${EVENTS}${SHOWN}${INSERT}; ${INSERT}`, 3, 42, 'a preview shows one statement'],
    [`${EVENTS}${SHOWN}EXECUTE STATEMENT SET BEGIN ${INSERT}; ${INSERT}; END`, 3, 1, 'a preview shows one INSERT INTO'],
    [`${SHOWN}SELECT id FROM shown`, 2, 16, 'SELECT from a print table'],
    ['SELECT nothing', 1, 8, 'nothing'],
  ])('%s', (sql, line, column, message) => {
    const planned = planPreview(sql, 'demo');
    const [problem] = planned.kind === 'refused' ? planned.problems : [];
    expect(problem).toMatchObject({ line, column, message: expect.stringContaining(message) as string });
  });
});

describe('what the rows will be is known before the first', () => {
  test.each([
    [`SELECT id FROM events`, { statement: 'select', changelog: 'append', key: null }],
    [`SELECT id, COUNT(*) AS c FROM events GROUP BY id`, { statement: 'select', changelog: 'retract', key: ['id'] }],
    [`${SHOWN}${INSERT}`, { statement: 'insert', changelog: 'append', columns: [{ name: 'id', type: 'STRING' }] }],
  ])('%s', (sql, expected) => {
    const planned = planPreview(`${EVENTS}${sql}`, 'demo');
    expect(planned).toMatchObject({ kind: 'query', columns: expected });
  });

  test('a statement that the text alone answers is answered, settings and declarations before it count', () => {
    const planned = planPreview(`SET 'pipeline.name' = 'x'; ${EVENTS}SET`, 'demo');
    expect(planned).toMatchObject({ kind: 'rows', columns: { statement: 'rows', key: null } });
    const rows = planned.kind === 'rows' ? planned.rows.map(({ row }) => row) : [];
    expect(rows).toContainEqual(['pipeline.name', 'x']);
  });
});
