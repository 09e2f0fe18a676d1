import { functionNames } from '../../builtin/registry.ts';
import { SqlRefusal } from '../../syntax/problem.ts';
import type { Show, ShowLike } from '../../syntax/tree.ts';
import type { Span } from '../../syntax/tree-node.ts';
import type { ResultRows } from '../plan-script.ts';
import type { Session } from '../session.ts';
import { describeRows } from './describe.ts';

/** What SHOW answers. `text` is the whole script. Throws SqlRefusal. */
export function showRows(node: Show, session: Session, text: string): ResultRows {
  switch (node.what) {
    case 'TABLES':
      return list('table name', [...session.all().keys()], node.like);
    case 'VIEWS':
      return list(
        'view name',
        [...session.all()].filter(([, each]) => each.kind === 'view').map(([name]) => name),
        node.like,
      );
    case 'FUNCTIONS':
      return list(
        'function name',
        node.user ? [] : [...new Set(functionNames())].map((name) => name.toLowerCase()),
        node.like,
      );
    case 'COLUMNS': {
      const { columns, rows } = describeRows(session.entry(node.table));
      return { columns, rows: rows.filter(([name]) => matches(name ?? '', node.like)) };
    }
    case 'CREATE TABLE':
    case 'CREATE VIEW': {
      const entry = session.entry(node.name);
      const what = node.what === 'CREATE VIEW' ? 'view' : 'table';
      if (entry.kind !== what)
        throw new SqlRefusal(node.at, `it is a ${entry.kind}`, `write SHOW CREATE ${entry.kind.toUpperCase()}`);
      const { at } = entry.kind === 'view' ? entry.node : entry.table.node;
      return { columns: ['result'], rows: [[stretch(text, at)]] };
    }
  }
}

function list(column: string, names: readonly string[], like: ShowLike | undefined): ResultRows {
  const shown = names.filter((name) => matches(name, like)).toSorted();
  return { columns: [column], rows: shown.map((name) => [name]) };
}

/** LIKE with % and _. */
function matches(name: string, like: ShowLike | undefined): boolean {
  if (like === undefined) return true;
  const pattern = like.pattern
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${pattern}$`, like.ignoreCase ? 'isu' : 'su').test(name) !== like.negated;
}

/** What the text has between two places. */
function stretch(text: string, { line, column, endLine, endColumn }: Span): string {
  const lines = text.split('\n').slice(line - 1, endLine);
  lines[lines.length - 1] = lines[lines.length - 1]!.slice(0, endColumn - 1);
  lines[0] = lines[0]!.slice(column - 1);
  return lines.join('\n');
}
