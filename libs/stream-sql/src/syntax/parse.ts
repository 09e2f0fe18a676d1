import { Cursor } from './cursor.ts';
import { depthProblem } from './depth.ts';
import { parseStatement } from './parse-statement.ts';
import { parseExpression as parseExpressionAt } from './parse-expression.ts';
import { SqlRefusal, type Problem } from './problem.ts';
import { CLAUSE_WORDS, RESERVED_WORDS } from './reserved-words.ts';
import type { Expression } from './tree-expression.ts';
import type { Statement } from './tree.ts';

/** Characters (UTF-16 units) of a text that is read at all. */
export const MAX_TEXT_LENGTH = 1_048_576;

/** Problems that are found at most; who wrote so many reads no more. */
export const MAX_PROBLEMS = 100;

/** What a text says, and everything that is wrong with it, in the order of the text: the first problem of each statement. */
export interface Parsed {
  readonly statements: readonly Statement[];
  readonly problems: readonly Problem[];
}

/** Words with which a statement begins: where one stands behind another statement, only a semicolon is missing. */
const STATEMENT_WORDS = [
  'CREATE',
  'INSERT',
  'DROP',
  'EXECUTE',
  'BEGIN',
  'EXPLAIN',
  'SHOW',
  'DESCRIBE',
  'SELECT',
  'WITH',
  'SET',
  'RESET',
];

/** Reads a text of Flink SQL statements that semicolons part. Never throws for what a person wrote. */
export function parseScript(text: string): Parsed {
  const statements: Statement[] = [];
  const problems: Problem[] = [];
  if (text.length > MAX_TEXT_LENGTH) return { statements, problems: [tooLong(text.length)] };
  const cursor = new Cursor(text);
  while (!cursor.done && problems.length < MAX_PROBLEMS) {
    try {
      if (cursor.accept(';')) continue;
      const statement = parseStatement(cursor, problems);
      endStatement(cursor, problems);
      const tooDeep = depthProblem(statement);
      if (tooDeep !== undefined) problems.push(tooDeep);
      else if (!isEmptySet(statement)) statements.push(statement);
    } catch (error) {
      if (!(error instanceof SqlRefusal)) throw error;
      problems.push(error.problem);
      cursor.skipStatement();
    }
  }
  return { statements, problems };
}

/** A statement set of which no insert could be read. */
function isEmptySet(statement: Statement): boolean {
  const set = statement.kind === 'explain' ? statement.statement : statement;
  return set.kind === 'statement-set' && set.inserts.length === 0;
}

function endStatement(cursor: Cursor, problems: Problem[]): void {
  if (cursor.done || cursor.accept(';')) return;
  const { at, source, kind, text } = cursor.peek();
  if (!cursor.isOne(...STATEMENT_WORDS)) {
    const reserved = kind === 'word' && RESERVED_WORDS.has(text) && !CLAUSE_WORDS.has(text);
    cursor.unexpected(`; after the statement${reserved ? `; a name is \`${source}\` in back-ticks` : ''}`);
  }
  problems.push(
    new SqlRefusal(at, `${source} is not expected here`, 'expected: ; after the statement before it').problem,
  );
}

/** Reads one expression alone, for example a computed column that a form asks for. */
export function parseExpressionText(
  text: string,
): { readonly kind: 'ok'; readonly expression: Expression } | { readonly kind: 'refused'; readonly problem: Problem } {
  if (text.length > MAX_TEXT_LENGTH) return { kind: 'refused', problem: tooLong(text.length) };
  try {
    const cursor = new Cursor(text);
    const expression = parseExpressionAt(cursor);
    if (!cursor.done || cursor.peek().kind !== 'end') cursor.unexpected('the end of the expression');
    const problem = depthProblem(expression);
    return problem === undefined ? { kind: 'ok', expression } : { kind: 'refused', problem };
  } catch (error) {
    if (error instanceof SqlRefusal) return { kind: 'refused', problem: error.problem };
    throw error;
  }
}

function tooLong(length: number): Problem {
  const at = { line: 1, column: 1, endLine: 1, endColumn: 1 };
  return new SqlRefusal(
    at,
    `the text has ${length} characters, the limit is ${MAX_TEXT_LENGTH}`,
    'make several jobs of it',
  ).problem;
}
