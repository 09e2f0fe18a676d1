import { access, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { csvOptions } from '@hermes/stream-sql/csv/csv-options';
import { csvRowWriter } from '@hermes/stream-sql/csv/write-csv-row';
import { adds, type RowKind } from '@hermes/stream-sql/engine/operator';
import { debeziumWriter } from '@hermes/stream-sql/json/debezium';
import { jsonRowWriter } from '@hermes/stream-sql/json/write-json-value';
import type { TableColumn } from '@hermes/stream-sql/planner/plan';
import type { Row } from '@hermes/stream-sql/values/data-type';
import type { CheckpointPlace, Sink } from '../connector.ts';
import { jsonWriteOptions } from '@hermes/stream-sql/json/json-options';
import { LineBlocks } from '../lines/line-blocks.ts';
import { outputFolder } from './files-below.ts';

/** The name of a block's file: the same however often the checkpoint is delivered. Names sort in the order of the rows. */
export const partName = ({ run, sink, checkpoint }: CheckpointPlace, block: number, format: string): string =>
  `part-${run}-${sink}-${String(checkpoint).padStart(12, '0')}-${String(block).padStart(4, '0')}.${format}`;

/** Writes rows into files that appear whole, with their checkpoint. A file that is there already is the same one. */
export function fileSink(
  folder: string,
  columns: readonly TableColumn[],
  options: Readonly<Record<string, string>>,
): Sink {
  const isCsv = options['format'] === 'csv';
  const takesBack = options['format'] === 'debezium-json';
  const write = lineWriter(columns, options);
  const blocks = new LineBlocks((row, kind) => `${write(row, kind)}\n`);
  return {
    write(kind, row) {
      if (!takesBack && !adds(kind)) throw new Error('files take rows and take none back: the planner sees to it');
      blocks.add(row, kind);
    },
    get waiting() {
      return blocks.waiting;
    },
    cut: () => blocks.cut(),
    async deliver(place, cut) {
      const target = await outputFolder(folder, options['path'] ?? '');
      for (const [index, { bytes }] of cut.entries())
        await appear(target, partName(place, index, isCsv ? 'csv' : 'ndjson'), bytes);
      const handle = await open(target, 'r');
      await handle.sync().finally(() => handle.close());
    },
    close: async () => undefined,
  };
}

function lineWriter(
  columns: readonly TableColumn[],
  options: Readonly<Record<string, string>>,
): (row: Row, kind: RowKind) => string {
  switch (options['format']) {
    case 'csv':
      return csvRowWriter(columns, csvOptions(options));
    case 'debezium-json': {
      const write = debeziumWriter(columns, jsonWriteOptions(options, 'debezium-json'));
      return (row, kind) => write(kind, row);
    }
    default:
      return jsonRowWriter(columns, jsonWriteOptions(options));
  }
}

async function appear(folder: string, name: string, bytes: Buffer): Promise<void> {
  const path = join(folder, name);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  const temporary = join(folder, `.${name}`);
  const file = await open(temporary, 'w', 0o640);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
