import type { ClickHouseClient } from '@clickhouse/client';
import { erasableTable } from '@hermes/service-kit/erasable-table';
import type { ErasableStore } from '@hermes/service-kit/erasure-work';
import type { HistoryTables } from '../history/history-tables.ts';

/** The history's tables as stores of subjects' data: events by their time, dead letters by the instant at which they became that. */
export function erasableHistory(clickhouse: ClickHouseClient, tables: HistoryTables): readonly ErasableStore[] {
  return [
    onceMade(erasableTable(clickhouse, { store: 'event_log', table: 'ingest.event_log', timeColumn: 'time' }), tables),
    onceMade(
      erasableTable(clickhouse, { store: 'dead_letter', table: 'ingest.dead_letter', timeColumn: 'at' }),
      tables,
    ),
  ];
}

/** While rows of an older build are brought over, what is not found may still come. */
const onceMade = (store: ErasableStore, tables: HistoryTables): ErasableStore => ({
  ...store,
  async count(erasure) {
    if (!tables.made) throw new Error('the tables of the history are not made yet');
    return store.count(erasure);
  },
});
