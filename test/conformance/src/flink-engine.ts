import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GatewaySession, typeText, type StatementResult } from '@hermes/stack/flink/sql-gateway';
import type { EngineOutput, ResultTable } from './engine-output.ts';
import { flinkScript, type ConformanceTable } from './flink-script.ts';
import type { LookupDatabase } from './lookup-database.ts';
import { kindOf, splitStatements, withoutLineComments, writtenTables } from './split-statements.ts';

/**
 * What makes Flink's answers repeatable: one task, rows in the order of their file, and a watermark after every row that raises it
 * (by default they come every 200 ms, and which row is late would be chance).
 */
const SESSION = {
  'execution.runtime-mode': 'streaming',
  'parallelism.default': '1',
  'pipeline.auto-watermark-interval': '0 ms',
  'table.local-time-zone': 'UTC',
  'table.dml-sync': 'true',
};

const TIMEOUT_MS = 60_000;

/**
 * Runs a script on a real Flink. @param inputs - lines by table @param folder - the script's own; emptied first, gone afterwards
 */
export async function runFlink(
  gatewayUrl: string,
  script: string,
  inputs: ReadonlyMap<string, readonly string[]>,
  folder: string,
  lookups: LookupDatabase,
): Promise<EngineOutput> {
  rmSync(folder, { recursive: true, force: true });
  const statements = splitStatements(script);
  const written = new Set(writtenTables(statements));
  const session = await GatewaySession.open(gatewayUrl, SESSION);
  const results: ResultTable[] = [];
  try {
    for (const [index, { text }] of statements.entries()) {
      const tables: ConformanceTable[] = [];
      flinkScript(withoutLineComments(text), written, (table) => (tables.push(table), ''));
      const options = new Map<string, string>();
      for (const table of tables) {
        const lines = inputs.get(table.name) ?? [];
        options.set(
          table.name,
          table.kind === 'lookup' ? await lookups.load(table, lines) : fileOf(table, lines, folder),
        );
      }
      const sql = flinkScript(withoutLineComments(text), written, ({ name }) => options.get(name) ?? '');
      const result = await session.execute(sql, { timeoutMs: TIMEOUT_MS });
      if (result.kind === 'failed') return failure(result);
      if (index < statements.length - 1) continue;
      const kind = kindOf(text);
      if (kind === 'show') results.push(tableOf('result', result));
      if (kind === 'query') {
        const mode = await changelogMode(session, sql);
        // The plan of a rank may say that it only appends though it does not.
        const appends = result.rows.every((row) => row.kind === '+I') && (mode === undefined || mode === 'I');
        results.push({ ...tableOf('result', result), appends, tellsBefore: mode?.includes('UB') ?? false });
      }
    }
    for (const name of written) {
      const content = await session.execute(`SELECT * FROM \`${name}\``, { timeoutMs: TIMEOUT_MS });
      if (content.kind === 'failed') return failure(content);
      results.push(tableOf(name, content));
    }
    return { kind: 'ok', results };
  } finally {
    await session.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The changes that the query may bring, by its plan: `I,UB,UA,D`. A join may happen to take nothing back in one run, and something in the
 * next.
 */
async function changelogMode(session: GatewaySession, query: string): Promise<string | undefined> {
  const plan = await session.execute(`EXPLAIN CHANGELOG_MODE ${query}`);
  if (plan.kind === 'failed') throw new Error(`EXPLAIN CHANGELOG_MODE: ${plan.message}`);
  return /changelogMode=\[([A-Z,]*)\]/.exec(plan.rows[0]?.fields[0] ?? '')?.[1];
}

/** A folder of one file; a sink's is empty, and Flink makes its files. */
function fileOf({ name, kind }: ConformanceTable, lines: readonly string[], folder: string): string {
  const path = join(folder, kind, name);
  mkdirSync(path, { recursive: true });
  if (kind === 'source') writeFileSync(join(path, 'rows'), lines.map((line) => `${line}\n`).join(''));
  return `'connector' = 'filesystem', 'path' = '${path}'`;
}

type Failed = Extract<StatementResult, { kind: 'failed' }>;
type Answered = Extract<StatementResult, { kind: 'ok' }>;

const failure = ({ stage, message }: Failed): EngineOutput => ({
  kind: 'error',
  stage: stage === 'planning' ? 'validation' : 'runtime',
  message: message.replaceAll(/\b[\w-]{36}\b/g, '...'),
});

const tableOf = (name: string, { columns, rows }: Answered): ResultTable => ({
  name,
  columns: columns.map((column) => ({ name: column.name, type: typeText(column.logicalType) })),
  changes: rows.map(({ kind, fields }) => ({ kind, row: fields })),
});
