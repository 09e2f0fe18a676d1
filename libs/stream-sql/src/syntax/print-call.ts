import { printExpression, printExpressions, printGuarded, printOrderBy } from './print-expression.ts';
import { printName } from './print-name.ts';
import { RESERVED_WORDS } from './reserved-words.ts';
import type { Call, FrameBound, WindowSpecification } from './tree-expression.ts';

/** How the arguments of functions with a syntax of their own are written. */
const SPECIAL: Readonly<Record<string, (args: readonly string[], call: Call) => string>> = {
  EXTRACT: ([unit, time]) => `${unit!} FROM ${time!}`,
  POSITION: ([part, text, from]) => `${part!} IN ${text!}${from === undefined ? '' : ` FROM ${from}`}`,
  TRIM: (args) => (args.length === 1 ? args[0]! : `${args[0]!} ${args[1]!} FROM ${args[2]!}`),
  SUBSTRING: ([text, from, length]) => `${text!} FROM ${from!}${length === undefined ? '' : ` FOR ${length}`}`,
  OVERLAY: ([text, part, from, length]) =>
    `${text!} PLACING ${part!} FROM ${from!}${length === undefined ? '' : ` FOR ${length}`}`,
  CEIL: printRounding,
  CEILING: printRounding,
  FLOOR: printRounding,
};

function printRounding(args: readonly string[], call: Call): string {
  return call.arguments[1]?.kind === 'symbol' ? args.join(' TO ') : args.join(', ');
}

export function printCall(call: Call): string {
  // A reserved word is a function where it is called; in back-ticks it would be one too, but nobody writes it so.
  const single = call.path.length === 1 && RESERVED_WORDS.has(call.path[0]!.name.toUpperCase());
  const name = single ? call.path[0]!.name : call.path.map((part) => printName(part.name)).join('.');
  if (call.bare) return name;
  const parts = [`${name}(${printArguments(call)})`];
  if (call.nulls !== undefined) parts.push(`${call.nulls} NULLS`);
  if (call.withinGroup.length > 0) parts.push(`WITHIN GROUP (${printOrderBy(call.withinGroup)})`);
  if (call.filter !== undefined) parts.push(`FILTER (WHERE ${printExpression(call.filter)})`);
  if (call.over !== undefined) parts.push(`OVER ${printOver(call.over)}`);
  return parts.join(' ');
}

function printArguments(call: Call): string {
  if (call.star) return '*';
  const special = call.path.length === 1 ? SPECIAL[call.name] : undefined;
  if (special !== undefined) return special(printOperands(call), call);
  return `${call.distinct ? 'DISTINCT ' : ''}${printExpressions(call.arguments)}`;
}

/** What is rounded must not look like an interval that goes on with TO. */
function printOperands({ name, arguments: args }: Call): string[] {
  return args.map((arg, i) => (i === 0 && name !== 'POSITION' ? printGuarded(arg) : printExpression(arg)));
}

/** What stands behind OVER or WINDOW name AS. */
export function printOver(window: WindowSpecification): string {
  const { base, partitionBy, orderBy, frame } = window;
  const parts: string[] = [];
  if (base !== undefined) parts.push(printName(base.name));
  if (partitionBy.length > 0) parts.push(`PARTITION BY ${printExpressions(partitionBy)}`);
  if (orderBy.length > 0) parts.push(printOrderBy(orderBy));
  if (frame !== undefined) {
    const start = printBound(frame.start);
    parts.push(`${frame.unit} ${frame.end === undefined ? start : `BETWEEN ${start} AND ${printBound(frame.end)}`}`);
  }
  const name = base !== undefined && parts.length === 1;
  return name ? parts[0]! : `(${parts.join(' ')})`;
}

function printBound(bound: FrameBound): string {
  switch (bound.kind) {
    case 'current-row':
      return 'CURRENT ROW';
    case 'unbounded-preceding':
      return 'UNBOUNDED PRECEDING';
    case 'unbounded-following':
      return 'UNBOUNDED FOLLOWING';
    default:
      return `${printExpression(bound.offset)} ${bound.kind.toUpperCase()}`;
  }
}
