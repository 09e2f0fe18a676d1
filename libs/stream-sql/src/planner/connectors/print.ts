import type { ConnectorDescription } from './description.ts';

/** Rows as lines of the run's output, with their kind of change. Names: Flink's documentation, "Print SQL Connector". */
export const print: ConnectorDescription = {
  name: 'print',
  about: "Rows as lines of the run's output.",
  options: [
    { key: 'print-identifier', value: { kind: 'text' }, about: 'Stands before each line.' },
    {
      key: 'standard-error',
      value: { kind: 'boolean' },
      default: 'false',
      about: 'Lines go to standard error.',
    },
  ],
  formats: [],
  metadata: [],
  sink: { accepts: 'retract', primaryKey: 'allowed' },
  refused: [['sink.parallelism', 'leave it out: a run is one process']],
};
