import { SqlRefusal } from '../../syntax/problem.ts';
import type { Span } from '../../syntax/tree-node.ts';
import type { OptionNode } from '../../syntax/tree.ts';
import { closestName } from '../closest-name.ts';
import type { ConnectorDescription, OptionDescription, OptionValue, Role } from '../connectors/description.ts';
import { durationMs } from '../duration.ts';

/** The options of a table: their texts with variables replaced and defaults filled in, and where the text gives them. */
export interface TableOptions {
  readonly values: Readonly<Record<string, string>>;
  readonly given: ReadonlyMap<string, OptionNode>;
}

export interface OptionContext {
  /** What `${name}` in a value stands for. */
  readonly variables: Readonly<Record<string, string>>;
  /** null outside of the platform. */
  readonly project: string | null;
}

/** Replaces `${name}`. Throws SqlRefusal for a name that is none. */
export function replaceVariables(option: OptionNode, variables: Readonly<Record<string, string>>): string {
  return option.value.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value === undefined) {
      const known = Object.keys(variables).map((each) => `\${${each}}`);
      throw new SqlRefusal(
        option.valueAt,
        `\${${name}} is not a variable`,
        known.length === 0 ? 'there is none here: write the value' : `there is: ${known.join(', ')}`,
      );
    }
    return value;
  });
}

/** Checks WITH (...) against the connector's description. Throws SqlRefusal at the first option that is wrong. */
export function readOptions(
  nodes: readonly OptionNode[],
  description: ConnectorDescription,
  context: OptionContext,
  tableAt: Span,
): TableOptions {
  const given = new Map<string, OptionNode>();
  const values: Record<string, string> = { connector: description.name };
  for (const node of nodes) {
    if (given.has(node.key))
      throw new SqlRefusal(node.keyAt, `the option '${node.key}' stands here twice`, 'leave one out');
    given.set(node.key, node);
    values[node.key] = replaceVariables(node, context.variables);
  }
  const known = knownOptions(nodes, description, values, tableAt);
  for (const [key, node] of given) {
    if (key === 'connector' || (key === 'format' && description.formats.length > 0)) continue;
    const option = known.find((each) => matches(each.key, key));
    if (option === undefined || (option.platform === true && context.project !== null))
      throw unknownOption(node, description, known);
    const problem = valueProblem(option.value, values[key]!);
    if (problem !== undefined)
      throw new SqlRefusal(node.valueAt, `'${key}' = '${values[key]!}': ${problem.message}`, problem.hint);
    if (option.value.kind === 'one-of')
      values[key] = option.value.values.find((each) => each.toLowerCase() === values[key]!.toLowerCase())!;
    if (option.value.kind === 'boolean') values[key] = values[key]!.toLowerCase();
  }
  for (const { key, default: fallback } of known) if (fallback !== undefined) values[key] ??= fallback;
  return { values, given };
}

function knownOptions(
  nodes: readonly OptionNode[],
  description: ConnectorDescription,
  values: Readonly<Record<string, string>>,
  tableAt: Span,
): readonly OptionDescription[] {
  if (description.formats.length === 0) return description.options;
  const names = description.formats.map(({ name }) => `'${name}'`).join(', ');
  const node = nodes.find(({ key }) => key === 'format');
  const format = description.formats.find(({ name }) => name === values['format']);
  if (node === undefined)
    throw new SqlRefusal(
      tableAt,
      "the table lacks the option 'format'",
      `add 'format' = 'json' to WITH (...); one of: ${names}`,
    );
  if (format === undefined)
    throw new SqlRefusal(node.valueAt, `'format' = '${node.value}' is not supported`, `one of: ${names}`);
  return [...description.options, ...format.options];
}

/** Throws SqlRefusal when an option is missing that this use of the table needs. */
export function checkRequired(
  name: string,
  options: TableOptions,
  description: ConnectorDescription,
  role: Role,
  at: Span,
): void {
  const lacking = description.options.find(
    ({ key, required }) => required?.includes(role) === true && options.values[key] === undefined,
  );
  if (lacking !== undefined)
    throw new SqlRefusal(
      at,
      `the table ${name} lacks the option '${lacking.key}'`,
      `add '${lacking.key}' = '${exampleOf(lacking.value)}' to WITH (...)`,
    );
}

/** `fields.*.kind`, `properties.*`. A star in the middle is any text, for names of columns may have dots. */
function matches(pattern: string, key: string): boolean {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === key;
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return key.length > before.length + after.length && key.startsWith(before) && key.endsWith(after);
}

function unknownOption(
  node: OptionNode,
  description: ConnectorDescription,
  known: readonly OptionDescription[],
): SqlRefusal {
  const refused = description.refused.find(([prefix]) => node.key.startsWith(prefix));
  const names = known.map(({ key }) => key);
  const near = closestName(node.key, names);
  return new SqlRefusal(
    node.keyAt,
    `the option '${node.key}' is not supported`,
    refused?.[1] ??
      (near === undefined
        ? `'connector' = '${description.name}' takes: ${names.length === 0 ? 'none' : names.map((each) => `'${each}'`).join(', ')}`
        : `did you mean '${near}'?`),
  );
}

function valueProblem(
  value: OptionValue,
  text: string,
): { readonly message: string; readonly hint: string } | undefined {
  const hint = `for example '${exampleOf(value)}'`;
  switch (value.kind) {
    case 'text':
      return value.pattern === undefined || value.pattern.test(text)
        ? undefined
        : { message: 'is not understood', hint };
    case 'boolean':
      return /^(true|false)$/i.test(text) ? undefined : { message: 'is not true or false', hint: "'true' or 'false'" };
    case 'one-of':
      return value.values.some((each) => each.toLowerCase() === text.toLowerCase())
        ? undefined
        : { message: 'is not supported', hint: `one of: ${value.values.map((each) => `'${each}'`).join(', ')}` };
    case 'duration': {
      const ms = durationMs(text);
      if (ms === undefined) return { message: 'is not a duration', hint };
      const { minMs = 0, maxMs = Infinity } = value;
      return ms >= minMs && ms <= maxMs
        ? undefined
        : { message: 'is out of its range', hint: `from ${minMs} ms to ${maxMs} ms` };
    }
    case 'integer':
    case 'number': {
      const pattern = value.kind === 'integer' ? /^-?\d+$/ : /^-?\d+(\.\d+)?$/;
      if (!pattern.test(text))
        return { message: `is not a ${value.kind === 'integer' ? 'whole number' : 'number'}`, hint };
      return Number(text) >= value.min && Number(text) <= value.max
        ? undefined
        : { message: 'is out of its range', hint: `from ${value.min} to ${value.max}` };
    }
  }
}

function exampleOf(value: OptionValue): string {
  switch (value.kind) {
    case 'text':
      return value.example ?? 'text';
    case 'boolean':
      return 'true';
    case 'one-of':
      return value.values[0]!;
    case 'duration':
      return '5 s';
    case 'integer':
    case 'number':
      return String(Math.min(Math.max(value.min, 100), value.max));
  }
}
