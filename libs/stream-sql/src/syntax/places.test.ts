import { describe, expect, test } from 'vitest';
import { EXPRESSIONS, STATEMENTS } from '../testing/accepted-sql.ts';
import { parseScript } from './parse.ts';
import type { Span } from './tree-node.ts';

const TEXTS = [
  ...EXPRESSIONS.filter(([text]) => !/^(COUNT|SUM|DESCRIPTOR)/.test(text)).map(([text]) => `SELECT\n  ${text}\nFROM t`),
  ...STATEMENTS.map(([text]) => text),
];

/** What a span covers in a text. */
function sliceOf(text: string, { line, column, endLine, endColumn }: Span): string {
  const lines = text.split('\n');
  const first = lines[line - 1]!;
  if (line === endLine) return first.slice(column - 1, endColumn - 1);
  return [first.slice(column - 1), ...lines.slice(line, endLine - 1), lines[endLine - 1]!.slice(0, endColumn - 1)].join(
    '\n',
  );
}

interface Visited {
  readonly node: Readonly<Record<string, unknown>> & { readonly at: Span };
  readonly parent: Span;
}

function nodesOf(value: unknown, parent: Span): Visited[] {
  if (typeof value !== 'object' || value === null) return [];
  const at = (value as { readonly at?: Span }).at;
  const own = !Array.isArray(value) && at !== undefined ? [{ node: value as Visited['node'], parent }] : [];
  const inner = Object.entries(value).filter(([key]) => key !== 'at' && !key.endsWith('At'));
  // PRIMARY KEY behind a column has the column's name, which stands before it.
  if ((value as { readonly kind?: string }).kind === 'primary-key') return own;
  return [...own, ...inner.flatMap(([, child]) => nodesOf(child, own.length > 0 ? at! : parent))];
}

const before = (line: number, column: number, than: { line: number; column: number }): boolean =>
  line < than.line || (line === than.line && column <= than.column);

describe('every node says where it stands', () => {
  test.each(TEXTS)('%j', (text) => {
    for (const statement of parseScript(text).statements) {
      for (const { node, parent } of nodesOf(statement, statement.at)) {
        const { at } = node;
        expect(
          before(parent.line, parent.column, at),
          `${sliceOf(text, at)} begins within ${sliceOf(text, parent)}`,
        ).toBe(true);
        expect(before(at.endLine, at.endColumn, { line: parent.endLine, column: parent.endColumn })).toBe(true);
        const slice = sliceOf(text, at);
        expect(slice.trim()).toBe(slice);
        if (node['kind'] === 'column')
          expect(slice.replaceAll('`', '')).toContain(
            (node['path'] as { name: string }[])[0]!.name.replaceAll('`', ''),
          );
        if (typeof node['name'] === 'string' && Object.keys(node).length === 2)
          expect(slice.replaceAll('`', '').toUpperCase()).toBe(node['name'].replaceAll('`', '').toUpperCase());
        if (node['kind'] === 'number') expect(slice).toBe(node['text']);
      }
    }
  });

  test('of operators, literals, types and tables, across lines', () => {
    const text = "SELECT a\n  + CAST(b AS DECIMAL(3, 1)),\n  INTERVAL '1'\n    DAY FROM db.t\n AS x";
    const [statement] = parseScript(text).statements;
    if (statement?.kind !== 'query' || statement.query.body.kind !== 'select') throw new Error('no query');
    const [sum, interval] = statement.query.body.items;
    expect(sum!.at).toEqual({ line: 1, column: 8, endLine: 2, endColumn: 29 });
    expect(sliceOf(text, interval!.at)).toBe("INTERVAL '1'\n    DAY");
    expect(sliceOf(text, statement.query.body.from!.at)).toBe('db.t\n AS x');
    const { expression } = sum as Extract<typeof sum, { kind: 'expression' }>;
    if (expression.kind !== 'binary' || expression.right.kind !== 'cast') throw new Error('no sum');
    expect(expression.operatorAt).toEqual({ line: 2, column: 3, endLine: 2, endColumn: 4 });
    expect(sliceOf(text, expression.right.type.at)).toBe('DECIMAL(3, 1)');
  });

  test('columns count UTF-16 units, as editors do', () => {
    expect(parseScript("SELECT '😀', FROM t").problems[0]).toMatchObject({ line: 1, column: 14, endColumn: 18 });
  });
});
