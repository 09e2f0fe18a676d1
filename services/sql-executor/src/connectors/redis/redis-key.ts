import type { TableColumn, TablePlan } from '@hermes/stream-sql/planner/plan';
import type { Row } from '@hermes/stream-sql/values/data-type';
import { redisText } from './redis-values.ts';

/** The key of a row that has these columns: the prefix, and the columns of the primary key with the delimiter between them. */
export function redisKey(
  { options, primaryKey, columns: declared }: TablePlan,
  columns: readonly Pick<TableColumn, 'name' | 'type'>[],
): (row: Row) => string {
  const parts = primaryKey.map((at) => {
    const place = columns.findIndex(({ name }) => name === declared[at]!.name);
    const text = redisText(declared[at]!.type);
    return (row: Row) => {
      const value = row[place];
      return value === null || value === undefined ? '' : text(value);
    };
  });
  const prefix = options['key-prefix'] ?? '';
  const delimiter = options['key-delimiter'] ?? ':';
  return (row) => `${prefix}${parts.map((part) => part(row)).join(delimiter)}`;
}
