import { RowKind } from '@hermes/stream-sql/engine/operator';
import type { TableColumn } from '@hermes/stream-sql/planner/plan';
import { javaText } from '@hermes/stream-sql/values/java-text';
import type { Sink } from '../connector.ts';

const SIGNS = {
  [RowKind.insert]: '+I',
  [RowKind.updateBefore]: '-U',
  [RowKind.updateAfter]: '+U',
  [RowKind.delete]: '-D',
} as const;

/** Prints rows as they come; after a crash some are printed again, as Flink's does. */
export function printSink(
  columns: readonly TableColumn[],
  options: Readonly<Record<string, string | undefined>>,
  output: (line: string) => void = (line) =>
    void (options['standard-error'] === 'true' ? process.stderr : process.stdout).write(line),
): Sink {
  const texts = columns.map(({ type }) => javaText(type));
  const identifier = options['print-identifier'] ?? '';
  const before = identifier === '' ? '' : `${identifier}> `;
  return {
    write: (kind, row) => output(`${before}${SIGNS[kind]}[${row.map((value, i) => texts[i]!(value)).join(', ')}]\n`),
    waiting: { rows: 0, bytes: 0 },
    cut: () => [],
    deliver: async () => undefined,
    close: async () => undefined,
  };
}
