export type ListenerName =
  | 'console'
  | 'ingest'
  | 'sql-executor'
  | 'rule-engine'
  | 'profile-store'
  | 'alerting'
  | 'kafka'
  | 'kafka-controller'
  | 'valkey'
  | 'clickhouse'
  | 'postgres';
export declare const portOffsets: Readonly<Record<ListenerName, number>>;
export declare const partVariables: Readonly<
  Record<'kafka' | 'kafka-controller' | 'valkey' | 'clickhouse' | 'postgres', string>
>;
/** The wanted port of each listener; 0 stands for any free one. Throws a sentence for a wrong setting. */
export declare function wantedPorts(
  environment: Readonly<Record<string, string | undefined>>,
): Record<ListenerName, number>;
