import type { ConnectorDescription } from './description.ts';

/** Rows are computed and dropped, for measuring. It asks for no -U, as Flink's. */
export const blackhole: ConnectorDescription = {
  name: 'blackhole',
  about: 'Drops all rows.',
  options: [],
  formats: [],
  metadata: [],
  sink: { accepts: 'upsert', primaryKey: 'allowed', dropsRows: true },
  refused: [],
};
