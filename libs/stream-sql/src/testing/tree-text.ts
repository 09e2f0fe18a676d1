/**
 * A tree of syntax/ as one short line, for tables of cases: `(+ a (* b 2))`, `(COUNT x :distinct :filter (> x 1))`. Places are left out, and
 * all that is not written in the text (undefined, false, empty lists).
 */
export function treeText(value: unknown): string {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return isPath(items) ? items.map((part) => part.name).join('.') : `[${items.map(treeText).join(' ')}]`;
  }
  if (typeof value !== 'object' || value === null) return String(value);
  const node = value as Readonly<Record<string, unknown>>;
  switch (node['kind']) {
    case undefined:
      return isPath([node]) ? String(node['name']) : `{${entries(node, []).join(' ')}}`;
    case 'column':
      return treeText(node['path']);
    case 'number':
      return String(node['text']);
    case 'string':
      return `'${String(node['value'])}'`;
    case 'null':
      return 'NULL';
    case 'boolean':
      return node['value'] === true ? 'TRUE' : 'FALSE';
    case 'symbol':
      return `#${String(node['value'])}`;
    case 'binary':
      return `(${String(node['operator'])} ${treeText(node['left'])} ${treeText(node['right'])})`;
    case 'unary':
      return `(${String(node['operator'])} ${treeText(node['operand'])})`;
    case 'call': {
      const args = node['arguments'] as readonly unknown[];
      const rest = entries(node, ['name', 'path', 'arguments']);
      return `(${[String(node['name']), ...args.map(treeText), ...rest].join(' ')})`;
    }
    case 'expression':
      return node['alias'] === undefined
        ? treeText(node['expression'])
        : `(as ${treeText(node['expression'])} ${treeText(node['alias'])})`;
    case 'ordered': {
      const rest = entries(node, ['body']);
      return rest.length === 0 ? treeText(node['body']) : `(ordered ${treeText(node['body'])} ${rest.join(' ')})`;
    }
    default:
      return `(${[String(node['kind']), ...entries(node, [])].join(' ')})`;
  }
}

function entries(node: Readonly<Record<string, unknown>>, without: readonly string[]): string[] {
  return Object.entries(node).flatMap(([key, value]) => {
    if (key === 'kind' || key === 'at' || key.endsWith('At') || without.includes(key)) return [];
    if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) return [];
    return [value === true ? `:${key}` : `:${key} ${treeText(value)}`];
  });
}

function isPath(value: readonly unknown[]): value is readonly { readonly name: string }[] {
  return (
    value.length > 0 &&
    value.every(
      (part) =>
        typeof part === 'object' && part !== null && 'name' in part && Object.keys(part).sort().join() === 'at,name',
    )
  );
}

/** A tree without its places, to compare two. */
export function withoutPlaces(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => (key === 'at' || key.endsWith('At') ? undefined : inner)),
  );
}
