/** A statement's text and the line of the script on which it begins, counted from 1. */
export interface Statement {
  readonly text: string;
  readonly line: number;
}

const TOKEN = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|`(?:[^`]|``)*`|[A-Za-z_]\w*|\s+|[\s\S]/g;

/**
 * Cuts a script at its semicolons: not at those in strings, names in back-ticks and comments, nor at those between BEGIN and END of a
 * statement set. Comments stay in the text; what consists of comments alone is no statement.
 */
export function splitStatements(script: string): Statement[] {
  const statements: Statement[] = [];
  let text = '';
  let line = 1;
  let startLine = 1;
  let empty = true;
  let inSet = false;
  const cut = (): void => {
    if (!empty) statements.push({ text: text.trim(), line: startLine });
    text = '';
    empty = true;
  };
  for (const [token] of script.matchAll(TOKEN)) {
    const word = token.toUpperCase();
    if (word === 'BEGIN') inSet = true;
    if (word === 'END' && inSet && /;\s*$/.test(withoutComments(text))) inSet = false;
    if (token === ';' && !inSet) cut();
    else {
      if (empty && !/^(\s|--|\/\*)/.test(token)) {
        empty = false;
        startLine = line;
      }
      text += token;
    }
    line += token.split('\n').length - 1;
  }
  cut();
  return statements;
}

export function withoutComments(sql: string): string {
  return [...sql.matchAll(TOKEN)].map(([token]) => (/^(--|\/\*)/.test(token) ? ' ' : token)).join('');
}

/** Without `-- ...`; hints stay. */
export function withoutLineComments(sql: string): string {
  return [...sql.matchAll(TOKEN)]
    .map(([token]) => (token.startsWith('--') ? '' : token))
    .join('')
    .trim();
}

export type StatementKind = 'query' | 'insert' | 'statement-set' | 'show' | 'other';

/** What a statement is by its first words: `query` and `show` have a result to compare, `insert` and `statement-set` write tables. */
export function kindOf(statement: string): StatementKind {
  const words = withoutComments(statement).trim().toUpperCase();
  if (/^(SELECT|WITH|VALUES|\(|TABLE\b)/.test(words)) return 'query';
  if (/^(EXECUTE\s+STATEMENT\s+SET|BEGIN\s+STATEMENT\s+SET)\b/.test(words)) return 'statement-set';
  if (/^(INSERT|EXECUTE\s+INSERT)\b/.test(words)) return 'insert';
  if (/^(SHOW|DESCRIBE|DESC|EXPLAIN)\b/.test(words)) return 'show';
  return 'other';
}

/** The tables that the script's INSERT statements write, without their quotes, in order. */
export function writtenTables(statements: readonly Statement[]): string[] {
  const found = new Set<string>();
  for (const { text } of statements) {
    if (!['insert', 'statement-set'].includes(kindOf(text))) continue;
    for (const [, name] of withoutComments(text).matchAll(/\bINSERT\s+(?:INTO|OVERWRITE)\s+(`[^`]+`|\w+)/gi)) {
      found.add(name!.replaceAll('`', ''));
    }
  }
  return [...found];
}
