import { printExpression } from '../../syntax/print-expression.ts';
import type { Expression } from '../../syntax/tree-expression.ts';

/** No name has it, so that the printer puts every name with it into back-ticks. */
const MARK = '\u{E000}';

/** An expression as Flink shows it in DESCRIBE: all names of columns in back-ticks. */
export const quotedExpression = (expression: Expression): string =>
  printExpression(marked(expression) as Expression).replaceAll(MARK, '');

function marked(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(marked);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node as Readonly<Record<string, unknown>>);
  const isColumn = 'kind' in node && node.kind === 'column' && 'path' in node && Array.isArray(node.path);
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      isColumn && key === 'path'
        ? (value as readonly { readonly name: string }[]).map((name) => ({ ...name, name: `${MARK}${name.name}` }))
        : marked(value),
    ]),
  );
}
