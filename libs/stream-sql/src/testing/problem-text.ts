import type { Problem } from '../syntax/problem.ts';

/** A problem as one line of a table: `line:column-endLine:endColumn message | hint`. */
export function problemText({ line, column, endLine, endColumn, message, hint }: Problem): string {
  return `${line}:${column}-${endLine}:${endColumn} ${message}${hint === undefined ? '' : ` | ${hint}`}`;
}
