import type { ConnectorDescription, DeclaredTable, TableProblem } from './description.ts';
import { csvFormat, jsonFormat } from './formats.ts';

/** Files with one record a line: what is there is read to its end; written files appear with checkpoints. Names: Flink's documentation, "FileSystem". */
export const filesystem: ConnectorDescription = {
  name: 'filesystem',
  about: 'Lines of files: JSON (format json) or separated values (format csv).',
  options: [
    {
      key: 'path',
      value: { kind: 'text', example: 'deals/2026/' },
      required: ['source', 'sink'],
      about: 'A file or a folder.',
    },
  ],
  formats: [jsonFormat, csvFormat],
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

function check({ options }: DeclaredTable): TableProblem | undefined {
  return options['json.ignore-parse-errors'] === 'true' && options['json.fail-on-missing-field'] === 'true'
    ? {
        at: { option: 'json.fail-on-missing-field' },
        message: "'json.fail-on-missing-field' and 'json.ignore-parse-errors' cannot both be 'true'",
        hint: 'leave one of them out',
      }
    : undefined;
}
