import type { ClickHouseClient } from '@clickhouse/client';
import type { SqlProblem } from '@hermes/contracts/job';
import { clickHouseType, isStorable, misfit } from './column-types.ts';
import type { ClickHouseTarget } from './plan-tables.ts';

/** The database of a project's tables. */
export const projectDatabase = (project: string): string => `project_${project.replaceAll('-', '_')}`;

/**
 * How many inserts a table must remember for the promise "each row once": the blocks of one checkpoint, of every job that
 * writes into it, many times over.
 */
export const NEEDED_DEDUP_WINDOW = 1_000;
const MADE_DEDUP_WINDOW = 10_000;

const name = (identifier: string): string => `\`${identifier}\``;

/** The statements that make the table of a sink with 'table.create' = 'true'; each harmless when it exists. */
export function createStatements(project: string, sink: ClickHouseTarget): readonly string[] {
  if (sink.create === null) return [];
  const database = name(projectDatabase(project));
  const columns = sink.create.columns.map((column) => `${name(column.name)} ${clickHouseType(column.type)}`).join(', ');
  const partition = sink.create.partitionBy === null ? '' : ` PARTITION BY ${sink.create.partitionBy}`;
  return [
    `CREATE DATABASE IF NOT EXISTS ${database}`,
    `CREATE TABLE IF NOT EXISTS ${database}.${name(sink.table)} (${columns}) ENGINE = MergeTree${partition} ORDER BY (${sink.create.orderBy.map(name).join(', ')}) SETTINGS non_replicated_deduplication_window = ${MADE_DEDUP_WINDOW}`,
  ];
}

/** Makes the table when the text asks for it, then checks it. Rejects when ClickHouse cannot be asked. */
export async function prepareTarget(
  client: ClickHouseClient,
  project: string,
  sink: ClickHouseTarget,
): Promise<readonly SqlProblem[]> {
  const odd = (sink.create?.columns ?? []).find(({ type }) => !isStorable(type));
  if (odd !== undefined)
    return [
      {
        ...sink.at,
        message: `the column ${odd.name} has no type of ClickHouse`,
        hint: 'CAST it AS STRING in the SELECT list, and declare it STRING',
      },
    ];
  for (const query of createStatements(project, sink)) await client.command({ query });
  return checkTarget(client, project, sink);
}

/** What about the real table would lose, double or refuse rows. Rejects when ClickHouse cannot be asked. */
export async function checkTarget(
  client: ClickHouseClient,
  project: string,
  sink: ClickHouseTarget,
): Promise<readonly SqlProblem[]> {
  const database = projectDatabase(project);
  const ask = async <T>(query: string): Promise<T[]> => {
    const answer = await client.query({ query, query_params: { database, table: sink.table }, format: 'JSONEachRow' });
    return answer.json<T>();
  };
  const problem = (message: string, hint: string): SqlProblem => ({
    line: sink.at.line,
    column: sink.at.column,
    message,
    hint,
  });
  const [table] = await ask<{ engine: string; engine_full: string }>(
    'SELECT engine, engine_full FROM system.tables WHERE database = {database:String} AND name = {table:String}',
  );
  if (table === undefined) {
    if (sink.create !== null) return [];
    return [
      problem(
        `the table ${database}.${sink.table} does not exist in ClickHouse`,
        "make it there, or add 'table.create' = 'true' and 'table.order-by' = '...'",
      ),
    ];
  }
  const problems: SqlProblem[] = [];
  if (!table.engine.endsWith('MergeTree')) {
    problems.push(
      problem(
        `the engine ${table.engine} of ${database}.${sink.table} cannot recognize a repeated insert`,
        'use an engine of the MergeTree family',
      ),
    );
  } else if (!table.engine.startsWith('Replicated')) {
    const window = Number(/non_replicated_deduplication_window\s*=\s*(\d+)/.exec(table.engine_full)?.[1] ?? 0);
    if (window < NEEDED_DEDUP_WINDOW) {
      problems.push(
        problem(
          `${database}.${sink.table} remembers ${window} inserts; ${NEEDED_DEDUP_WINDOW} are needed, so that no row is there twice after a crash`,
          `ALTER TABLE ${database}.${sink.table} MODIFY SETTING non_replicated_deduplication_window = ${MADE_DEDUP_WINDOW}`,
        ),
      );
    }
  }
  const columns = new Map(
    (
      await ask<{ name: string; type: string }>(
        'SELECT name, type FROM system.columns WHERE database = {database:String} AND table = {table:String}',
      )
    ).map((column) => [column.name, column.type]),
  );
  for (const column of sink.columns) {
    const type = columns.get(column.name);
    const fault = type === undefined ? `there is no such column in ClickHouse` : misfit(column.type, type);
    if (fault !== undefined)
      problems.push(
        problem(
          `the column ${column.name} of ${database}.${sink.table} does not fit: ${fault}`,
          'change the type in the text or in the table',
        ),
      );
  }
  return problems;
}
