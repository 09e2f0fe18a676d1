import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GatewaySession, typeText, type StatementResult } from '@hermes/stack/flink/sql-gateway';
import type { EngineOutput, ResultTable } from './engine-output.ts';
import { flinkScript } from './flink-script.ts';
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
): Promise<EngineOutput> {
  rmSync(folder, { recursive: true, force: true });
  const statements = splitStatements(script);
  const written = new Set(writtenTables(statements));
  const session = await GatewaySession.open(gatewayUrl, SESSION);
  const results: ResultTable[] = [];
  try {
    for (const [index, { text }] of statements.entries()) {
      const sql = flinkScript(withoutLineComments(text), written, (table) => {
        const path = join(folder, table.written ? 'out' : 'in', table.name);
        mkdirSync(path, { recursive: true });
        const lines = inputs.get(table.name) ?? [];
        if (!table.written) writeFileSync(join(path, 'rows'), lines.map((line) => `${line}\n`).join(''));
        return path;
      });
      const result = await session.execute(sql, { timeoutMs: TIMEOUT_MS });
      if (result.kind === 'failed') return failure(result);
      const kind = kindOf(text);
      if (index === statements.length - 1 && (kind === 'query' || kind === 'show'))
        results.push(tableOf('result', result));
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
