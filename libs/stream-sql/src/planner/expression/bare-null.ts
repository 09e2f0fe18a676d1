import { SqlRefusal } from '../../syntax/problem.ts';
import type { Expression } from '../../syntax/tree-expression.ts';

/** Functions that take NULL as it stands; for all others Flink wants to know its type. Tried one by one on a real Flink 2.2. */
const TAKES_NULL = new Set([
  'ARRAY_APPEND', 'ARRAY_CONTAINS', 'ARRAY_JOIN', 'ARRAY_POSITION', 'ARRAY_PREPEND', 'ARRAY_REMOVE', 'ARRAY_SLICE', 'ARRAY_SORT',
  'BTRIM', 'COALESCE', 'ELT', 'ENDSWITH', 'IFNULL', 'JSON_QUOTE', 'JSON_STRING', 'JSON_UNQUOTE', 'NULLIF', 'PRINTF', 'REGEXP_COUNT',
  'REGEXP_EXTRACT_ALL', 'REGEXP_INSTR', 'REGEXP_SUBSTR', 'SPLIT', 'STARTSWITH', 'TO_TIMESTAMP_LTZ', 'TYPEOF', 'UNHEX', 'URL_DECODE',
  'URL_ENCODE',
]); // prettier-ignore

/** Refuses NULL without a type among what a function or an operator is given, where Flink does. */
export function refuseBareNull(name: string, nodes: readonly Expression[]): void {
  // NULLIF has the type of its first argument.
  const refused = name === 'NULLIF' ? nodes.slice(0, 1) : TAKES_NULL.has(name) ? [] : nodes;
  const found = refused.find((node) => node.kind === 'null');
  if (found !== undefined) throw untypedNull(found);
}

export const untypedNull = (node: Expression): SqlRefusal =>
  new SqlRefusal(node.at, 'NULL has no type here', 'write CAST(NULL AS TYPE), for example CAST(NULL AS STRING)');
