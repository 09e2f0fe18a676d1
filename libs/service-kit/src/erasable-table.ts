import type { openClickHouse } from '@hermes/connectors/clickhouse/client';
import type { OpenErasure } from './erasure-copy.ts';
import type { ErasableStore } from './erasure-work.ts';

export interface ErasableTable {
  readonly store: ErasableStore['name'];
  /** With its database. It has the columns `project` and `subject`. */
  readonly table: string;
  /** The column by which a row is not after the erasure. */
  readonly timeColumn: string;
  /** A column of whom else a row is, beside its subject. */
  readonly keyColumn?: string;
}

/**
 * A table of ClickHouse as a store of subjects' data. Rows go by a mutation that rewrites the parts that hold them, not by a mark that
 * hides them; the parts before it leave the disk when ClickHouse clears what is out of use (8 minutes as a rule).
 *
 * @param clickhouse - with patience for a mutation
 */
export function erasableTable(
  clickhouse: ReturnType<typeof openClickHouse>,
  { store, table, timeColumn, keyColumn }: ErasableTable,
): ErasableStore {
  const isOfSubject = ['subject', ...(keyColumn === undefined ? [] : [keyColumn])]
    .map((column) => `${column} = {subject:String}`)
    .join(' OR ');
  const where = `project = {project:String} AND (${isOfSubject})
    AND ${timeColumn} <= parseDateTime64BestEffort({erasedAt:String}, 3, 'UTC')`;
  const parameters = ({ project, subject, erasedAt }: OpenErasure): Record<string, string> => ({
    project,
    subject,
    erasedAt,
  });
  return {
    name: store,
    async count(erasure) {
      const result = await clickhouse.query({
        query: `SELECT count() AS rows FROM ${table} WHERE ${where}`,
        query_params: parameters(erasure),
        format: 'JSONEachRow',
      });
      return Number((await result.json<{ rows: string }>())[0]?.rows);
    },
    async remove(erasure) {
      await clickhouse.command({
        query: `ALTER TABLE ${table} DELETE WHERE ${where}`,
        query_params: parameters(erasure),
        clickhouse_settings: { mutations_sync: '2' },
      });
    },
  };
}
