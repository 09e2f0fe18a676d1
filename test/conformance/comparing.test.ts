import { describe, expect, test } from 'vitest';
import { parseCase } from './src/case-file.ts';
import { compare } from './src/compare.ts';
import type { Cell, Change, EngineOutput, ResultTable, RowKind } from './src/engine-output.ts';
import { foldChangelog } from './src/fold-changelog.ts';
import { flinkScript, physicalColumns } from './src/flink-script.ts';
import { recordingOf } from './src/recording.ts';
import { kindOf, splitStatements, writtenTables } from './src/split-statements.ts';

const changes = (...list: [RowKind, ...Cell[]][]): Change[] => list.map(([kind, ...row]) => ({ kind, row }));
const tableOf = (type: string, ...list: [RowKind, ...Cell[]][]): ResultTable => ({
  name: 'result',
  columns: [{ name: 'k' }, { name: 'v', type }],
  changes: changes(...list),
});
const ok = (table: ResultTable): EngineOutput => ({ kind: 'ok', results: [table] });
const noFile = (path: string): string => {
  throw new Error(path);
};
const simple = parseCase('a.sql', 'SELECT 1', noFile);

describe('a script is cut into statements', () => {
  test.each([
    ['at semicolons', 'SELECT 1; SELECT 2', ['SELECT 1', 'SELECT 2']],
    ['not in a string', "SELECT ';''' ; SELECT 2", ["SELECT ';'''", 'SELECT 2']],
    ['not in a comment', '-- a; b\nSELECT 1 /* ; */', ['-- a; b\nSELECT 1 /* ; */']],
    ['not in a name', 'SELECT `a;b`;', ['SELECT `a;b`']],
    [
      'a statement set is one',
      'EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; INSERT INTO b SELECT CASE WHEN x THEN 1 END; END; SELECT 1',
      [
        'EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; INSERT INTO b SELECT CASE WHEN x THEN 1 END; END',
        'SELECT 1',
      ],
    ],
    ['comments alone are none', '-- nothing\n;', []],
  ])('%s', (_, script, texts) => expect(splitStatements(script).map(({ text }) => text)).toEqual(texts));

  test('each has its kind, and what is written is found', () => {
    const statements = splitStatements('INSERT INTO `a b` SELECT 1; WITH x AS (SELECT 1) SELECT * FROM x; DESCRIBE t');
    expect(statements.map(({ text }) => kindOf(text))).toEqual(['insert', 'query', 'show']);
    expect(writtenTables(statements)).toEqual(['a b']);
  });
});

describe('a case is read from its comments', () => {
  const text =
    '-- What it is about.\n-- covers: a, b\n-- key: k\n-- input t:\n--   {"x": 1}\n--   bad line\n-- input u from u.ndjson\nSELECT \'-- input v:\'';
  test('headers and inputs', () => {
    const each = parseCase('c.sql', text, () => '{"y":1}\n{"y":2}\n');
    expect([each.covers, each.key]).toEqual([['a', 'b'], ['k']]);
    expect([...each.inputs]).toEqual([
      ['t', ['{"x": 1}', 'bad line']],
      ['u', ['{"y":1}', '{"y":2}']],
    ]);
  });
  test('a header that nobody knows is refused with its line', () => {
    expect(() => parseCase('c.sql', '\n-- keys: a', noFile)).toThrow('c.sql:2');
  });
});

describe("a case's own connector becomes one of Flink's", () => {
  const sql = "CREATE TABLE t (a ROW<b STRING>, w AS ';)') WITH ('connector' = 'conformance', 'x' = '(1)')";
  test('of a source', () => {
    expect(flinkScript(sql, new Set(), ({ name, kind, columns }) => `'${name}' = '${kind}' /* ${columns} */`)).toBe(
      "CREATE TABLE t (a ROW<b STRING>, w AS ';)') WITH ('t' = 'source' /* a ROW<b STRING>, w AS ';)' */, 'format' = 'json', 'x' = '(1)')",
    );
  });
  test('of a sink', () => expect(flinkScript(sql, new Set(['t']), () => 'f')).toContain("'format' = 'debezium-json'"));
  test('of a table that is looked up', () => {
    const lookup = "CREATE TABLE t (a INT) WITH ('connector' = 'conformance-lookup', 'lookup.cache' = 'NONE')";
    expect(flinkScript(lookup, new Set(), ({ kind }) => kind)).toBe(
      "CREATE TABLE t (a INT) WITH (lookup, 'lookup.cache' = 'NONE')",
    );
  });
  test('other tables stay', () => {
    const other = "CREATE TABLE t (a INT) WITH ('connector' = 'datagen')";
    expect(flinkScript(other, new Set(), () => 'f')).toBe(other);
  });
  test('the columns of a table that is looked up are found', () => {
    const definitions = '`a b` DECIMAL(10, 2) NOT NULL, c STRING, d AS c || c, PRIMARY KEY (c) NOT ENFORCED';
    expect(physicalColumns(definitions)).toEqual([
      { name: 'a b', type: 'DECIMAL(10, 2)' },
      { name: 'c', type: 'STRING' },
    ]);
  });
});

describe('a changelog comes to a final table', () => {
  const key = ['k'];
  test.each<[string, ResultTable, string[] | undefined, Cell[][], number]>([
    [
      'rows that are appended',
      tableOf('INT', ['+I', 'a', '1'], ['+I', 'a', '1']),
      undefined,
      [
        ['a', '1'],
        ['a', '1'],
      ],
      0,
    ],
    ['an update', tableOf('INT', ['+I', 'a', '1'], ['-U', 'a', '1'], ['+U', 'a', '2']), undefined, [['a', '2']], 0],
    ['a row that goes', tableOf('INT', ['+I', 'a', '1'], ['-D', 'a', '1']), undefined, [], 0],
    ['an upsert by key', tableOf('INT', ['+I', 'a', '1'], ['+U', 'a', '2']), key, [['a', '2']], 0],
    [
      'an upsert without its key is a problem',
      tableOf('INT', ['+I', 'a', '1'], ['+U', 'a', '2']),
      undefined,
      [
        ['a', '1'],
        ['a', '2'],
      ],
      1,
    ],
    ['a row that was never there is a problem', tableOf('INT', ['-D', 'a', '1']), undefined, [], 1],
  ])('%s', (_, table, by, rows, problems) => {
    const final = foldChangelog(table, by);
    expect(final.rows).toEqual(rows);
    expect(final.problems).toHaveLength(problems);
  });
});

test('what the plan says counts: an updating result stays one when nothing happened to be taken back', () => {
  const table = tableOf('INT', ['+I', 'a', '1']);
  expect(foldChangelog({ ...table, appends: false }, undefined)).toMatchObject({
    kind: 'updating',
    rows: [['a', '1']],
  });
  expect(foldChangelog(table, undefined).kind).toBe('append');
});

describe('an answer is compared with the recorded one', () => {
  const recorded = (output: EngineOutput, each = simple) => {
    const made = recordingOf(each, output, 'x');
    if (made.kind !== 'recorded') throw new Error(made.reason);
    return made.recording;
  };
  const verdict = (expected: EngineOutput, actual: EngineOutput): string =>
    compare(simple, recorded(expected, { ...simple, expectsError: expected.kind === 'error' }), actual).kind;
  const error = (stage: 'validation' | 'runtime', message = 'x'): EngineOutput => ({ kind: 'error', stage, message });
  test.each<[string, EngineOutput, EngineOutput, string]>([
    [
      'order does not count',
      ok(tableOf('INT', ['+I', 'a', '1'], ['+I', 'b', '2'])),
      ok(tableOf('INT', ['+I', 'b', '2'], ['+I', 'a', '1'])),
      'agree',
    ],
    [
      'the order of the entries of a map does not count',
      ok(tableOf('MAP<STRING, INT>', ['+I', 'a', '{x=1, y=2}'])),
      ok(tableOf('MAP<STRING, INT>', ['+I', 'a', '{y=2, x=1}'])),
      'agree',
    ],
    [
      'the entries of a map count',
      ok(tableOf('MAP<STRING, INT>', ['+I', 'a', '{x=1, y=2}'])),
      ok(tableOf('MAP<STRING, INT>', ['+I', 'a', '{x=2, y=1}'])),
      'differ',
    ],
    [
      'the order of an array counts',
      ok(tableOf('ARRAY<INT>', ['+I', 'a', '[1, 2]'])),
      ok(tableOf('ARRAY<INT>', ['+I', 'a', '[2, 1]'])),
      'differ',
    ],
    [
      'quotes around the fields of a ROW do not count',
      ok(tableOf('ROW<x INT>', ['+I', 'a', '(1)'])),
      ok(tableOf('ROW<`x` INT>', ['+I', 'a', '(1)'])),
      'agree',
    ],
    [
      'repeats count',
      ok(tableOf('INT', ['+I', 'a', '1'])),
      ok(tableOf('INT', ['+I', 'a', '1'], ['+I', 'a', '1'])),
      'differ',
    ],
    [
      'NULL is no empty text',
      ok(tableOf('STRING', ['+I', 'a', null])),
      ok(tableOf('STRING', ['+I', 'a', ''])),
      'differ',
    ],
    [
      'the scale of a decimal counts',
      ok(tableOf('DECIMAL(5, 2)', ['+I', 'a', '1.10'])),
      ok(tableOf('DECIMAL(5, 2)', ['+I', 'a', '1.1'])),
      'differ',
    ],
    [
      'a double is a number',
      ok(tableOf('DOUBLE', ['+I', 'a', '1.0E10'])),
      ok(tableOf('DOUBLE', ['+I', 'a', '10000000000'])),
      'agree',
    ],
    ['-0 is not 0', ok(tableOf('DOUBLE', ['+I', 'a', '-0.0'])), ok(tableOf('DOUBLE', ['+I', 'a', '0.0'])), 'differ'],
    ['the type counts', ok(tableOf('INT', ['+I', 'a', '1'])), ok(tableOf('BIGINT', ['+I', 'a', '1'])), 'differ'],
    [
      'what may be NULL does not',
      ok(tableOf('INT NOT NULL', ['+I', 'a', '1'])),
      ok(tableOf('INT', ['+I', 'a', '1'])),
      'agree',
    ],
    [
      'an append result is not taken back',
      ok(tableOf('INT', ['+I', 'a', '1'])),
      ok(tableOf('INT', ['+I', 'a', '0'], ['-D', 'a', '0'], ['+I', 'a', '1'])),
      'differ',
    ],
    ['a refusal of what Flink runs is told apart', ok(tableOf('INT')), error('validation'), 'refused'],
    ['a refusal of what fails in Flink only when run is told apart', error('runtime'), error('validation'), 'refused'],
    ['a failure of what Flink runs differs', ok(tableOf('INT')), error('runtime'), 'differ'],
    ['an answer where Flink fails differs', error('runtime'), ok(tableOf('INT')), 'differ'],
    [
      'a failed run where Flink refuses the text differs',
      error('validation', 'ValidationException: no'),
      error('runtime'),
      'differ',
    ],
    [
      'a folded division by zero may fail later',
      error('validation', 'java.lang.ArithmeticException: / by zero'),
      error('runtime'),
      'agree',
    ],
  ])('%s', (_, expected, actual, kind) => expect(verdict(expected, actual)).toBe(kind));

  test('a case that expects an error is not recorded with an answer, nor one that does not with an error', () => {
    expect(recordingOf({ ...simple, expectsError: true }, ok(tableOf('INT')), 'x').kind).toBe('not-as-said');
    expect(recordingOf(simple, error('runtime'), 'x').kind).toBe('not-as-said');
  });
});
