import { parseCase, type ConformanceCase } from '../case-file.ts';
import type { AskFlink } from '../conformance-flink.ts';
import type { EngineOutput } from '../engine-output.ts';
import { createTable, rows } from './edge-table.ts';

/** `calc`: one value a row; `aggregate`: one a group. */
export type Shape = 'calc' | 'aggregate';

/** The case that asks for these expressions. */
export function caseOf(shape: Shape, expressions: readonly string[]): ConformanceCase {
  const input = rows.map((row) => `--   ${row}`).join('\n');
  const list = expressions.map((each, index) => `${each} AS c${index}`).join(',\n  ');
  const [key, tail] = shape === 'calc' ? ['id', ''] : ['k', '\nGROUP BY k'];
  const header = `-- A generated ${shape === 'calc' ? 'expression' : 'aggregate'}.\n-- covers: generated\n${shape === 'calc' ? '' : '-- key: k\n'}`;
  const text = `${header}-- input e:\n${input}\n${createTable}\nSELECT ${key},\n  ${list}\nFROM e${tail};\n`;
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
