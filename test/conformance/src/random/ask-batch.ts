import { parseCase, type ConformanceCase } from '../case-file.ts';
import type { AskFlink } from '../conformance-flink.ts';
import type { EngineOutput } from '../engine-output.ts';
import { createTable, rows } from './edge-table.ts';

/** `calc`: one value a row; `aggregate`: one a group; `retraction`: one a group whose rows are taken back again. */
export type Shape = 'calc' | 'aggregate' | 'retraction';

const SHAPES: Readonly<Record<Shape, { readonly what: string; readonly key: string; readonly from: string }>> = {
  calc: { what: 'expression', key: 'id', from: 'e' },
  aggregate: { what: 'aggregate', key: 'k', from: 'e\nGROUP BY k' },
  retraction: {
    what: 'aggregate over rows that are replaced',
    key: 'k',
    from: '(SELECT *, ROW_NUMBER() OVER (PARTITION BY MOD(id, 4) ORDER BY pt DESC) AS place FROM e) WHERE place = 1\nGROUP BY k',
  },
};

/** Whose last digits are each runtime's own. */
const ROUNDED = /\b(EXP|SIN|COS|ATAN|CBRT|LN|LOG10|STDDEV_POP|VAR_SAMP)\(/;

/** The case that asks for these expressions. */
export function caseOf(shape: Shape, expressions: readonly string[]): ConformanceCase {
  const { what, key, from } = SHAPES[shape];
  const input = rows.map((row) => `--   ${row}`).join('\n');
  const list = expressions.map((each, index) => `${each} AS c${index}`).join(',\n  ');
  const keyLine = shape === 'calc' ? '' : '-- key: k\n';
  const digits = ROUNDED.test(list) ? '-- digits: 12\n' : '';
  const header = `-- A generated ${what}.\n-- covers: generated\n${keyLine}${digits}`;
  const text = `${header}-- input e:\n${input}\n${createTable}\nSELECT ${key},\n  ${list}\nFROM ${from};\n`;
  return parseCase('generated.sql', text, () => '');
}

/**
 * What Flink answers to each expression as if it had been asked alone: many are asked in one job, and where that fails, halves
 * of them are, until it is known whose failure it is.
 */
export async function askEach(ask: AskFlink, shape: Shape, expressions: readonly string[]): Promise<EngineOutput[]> {
  const each = caseOf(shape, expressions);
  const output = await ask(each.script, each.inputs);
  if (output.kind === 'ok') return expressions.map((_, index) => onlyColumn(output, index));
  if (expressions.length === 1) return [output];
  const middle = expressions.length >> 1;
  return [
    ...(await askEach(ask, shape, expressions.slice(0, middle))),
    ...(await askEach(ask, shape, expressions.slice(middle))),
  ];
}

function onlyColumn(output: Extract<EngineOutput, { kind: 'ok' }>, index: number): EngineOutput {
  const results = output.results.map(({ name, columns, changes, ...others }) => ({
    ...others,
    name,
    columns: [columns[0]!, { ...columns[index + 1]!, name: 'c0' }],
    changes: changes.map(({ kind, row }) => ({ kind, row: [row[0]!, row[index + 1]!] })),
  }));
  return { kind: 'ok', results };
}
