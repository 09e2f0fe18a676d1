import type { ConnectorDescription, DeclaredTable, TableProblem } from './description.ts';
import { CSV_TYPES } from '../../csv/read-csv-row.ts';
import type { DataType } from '../../values/data-type.ts';
import { shownType } from '../shown-type.ts';
import { csvFormat, debeziumJsonFormat, jsonFormat } from './formats.ts';

/** Files with one record a line: what is there is read to its end; written files appear with checkpoints. Names: Flink's documentation, "FileSystem". */
export const filesystem: ConnectorDescription = {
  name: 'filesystem',
  about: 'Lines of files: JSON (format json) or separated values (format csv).',
  options: [
    {
      key: 'path',
      value: { kind: 'text', example: 'deals/2026/' },
      required: ['source', 'sink'],
      about: "A file or a folder below the project's own; written files are in a folder.",
    },
  ],
  formats: [jsonFormat, debeziumJsonFormat, csvFormat],
  metadata: [
    {
      key: 'file.path',
      type: { kind: 'VARCHAR', length: 2_147_483_647, nullable: false },
      writable: false,
    },
    {
      key: 'file.name',
      type: { kind: 'VARCHAR', length: 2_147_483_647, nullable: false },
      writable: false,
    },
    { key: 'file.size', type: { kind: 'BIGINT', nullable: false }, writable: false },
  ],
  source: { bounded: () => true },
  sink: { accepts: 'append', primaryKey: 'refused' },
  refused: [
    ['source.', 'leave it out: the files that are there are read, and no later ones'],
    ['sink.', 'leave it out: files are closed with checkpoints'],
    ['partition.', 'leave it out: folders of partitions are not supported'],
    ['auto-compaction', 'leave it out'],
    ['compaction.', 'leave it out'],
  ],
  check,
};

function check({ options, columns }: DeclaredTable): TableProblem | undefined {
  const odd = columns.find(({ kind, type }) => kind === 'physical' && options['format'] === 'csv' && !isCsvType(type));
  if (odd !== undefined)
    return {
      at: { column: odd.name },
      message: `${shownType(odd.type)} cannot be written as csv`,
      hint: "write its parts into columns of their own, or 'format' = 'json'",
    };
  return options['json.ignore-parse-errors'] === 'true' && options['json.fail-on-missing-field'] === 'true'
    ? {
        at: { option: 'json.fail-on-missing-field' },
        message: "'json.fail-on-missing-field' and 'json.ignore-parse-errors' cannot both be 'true'",
        hint: 'leave one of them out',
      }
    : undefined;
}

/** Elements and fields stand in one field of the record: they are simple. */
function isCsvType(type: DataType): boolean {
  if (!CSV_TYPES.includes(type.kind)) return false;
  const parts =
    type.kind === 'ARRAY' ? [type.element] : type.kind === 'ROW' ? type.fields.map((field) => field.type) : [];
  return parts.every(({ kind }) => CSV_TYPES.includes(kind) && kind !== 'ARRAY' && kind !== 'ROW');
}
