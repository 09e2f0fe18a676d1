/** The soak's project and what its jobs read: numbers, and marks on every third of them. */
export const PROJECT = 'soak';
export const NUMBERS_TOPIC = `${PROJECT}.numbers`;
export const MARKS_TOPIC = `${PROJECT}.marks`;
export const COPY_TOPIC = `${PROJECT}.copy`;
/** In PostgreSQL, made by the soak; its database is the platform's own, reached as an operator's connection. */
export const SCHEMA = 'soak_out';

const source = (name: string, topic: string, columns: string): string => `CREATE TABLE ${name} (${columns}) WITH (
  'connector' = 'kafka', 'topic' = '${topic}', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset');\n`;
const NUMBERS = source(
  'numbers',
  NUMBERS_TOPIC,
  `k STRING, n BIGINT, ts TIMESTAMP(3), seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' MINUTE`,
);
const clickhouse = (name: string, columns: string, order: string): string =>
  `CREATE TABLE ${name} (${columns}) WITH ('connector' = 'clickhouse', 'table.create' = 'true', 'table.order-by' = '${order}');\n`;
const jdbc = (name: string, columns: string): string =>
  `CREATE TABLE ${name} (${columns}) WITH ('connector' = 'jdbc', 'connection' = 'shop', 'table-name' = '${SCHEMA}.${name}');\n`;
const redis = (name: string, columns: string, prefix: string): string =>
  `CREATE TABLE ${name} (${columns}) WITH ('connector' = 'redis', 'connection' = 'cache', 'key-prefix' = '${prefix}');\n`;

/** Every sink, with rows that are appended, replaced and taken back, of jobs with and without state. */
export const SOAK_JOBS: Readonly<Record<string, string>> = {
  appended: `${NUMBERS}${source('marks', MARKS_TOPIC, 'n BIGINT, mark STRING')}
CREATE TABLE \`copy\` (n BIGINT) WITH ('connector' = 'kafka', 'topic' = '${COPY_TOPIC}', 'format' = 'json', 'sink.delivery-guarantee' = 'exactly-once');
CREATE TABLE files (n BIGINT) WITH ('connector' = 'filesystem', 'path' = 'files', 'format' = 'json');
${clickhouse('soak_rows', 'n BIGINT NOT NULL', 'n')}${jdbc('rows_appended', 'n BIGINT')}
${clickhouse('soak_minutes', 'began TIMESTAMP(3) NOT NULL, k STRING, number BIGINT, total BIGINT', 'began')}
${clickhouse('soak_marked', 'n BIGINT NOT NULL, mark STRING', 'n')}
EXECUTE STATEMENT SET BEGIN
INSERT INTO \`copy\` SELECT n FROM numbers WHERE n >= 0;
INSERT INTO files SELECT n FROM numbers WHERE n >= 0;
INSERT INTO soak_rows SELECT n FROM numbers WHERE n >= 0;
INSERT INTO rows_appended SELECT n FROM numbers WHERE n >= 0;
INSERT INTO soak_minutes SELECT window_start, k, COUNT(*), SUM(n) FROM TABLE(TUMBLE(TABLE numbers, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
  WHERE n >= 0 GROUP BY window_start, window_end, k;
INSERT INTO soak_marked SELECT a.n, b.mark FROM numbers AS a JOIN marks AS b ON a.n = b.n;
END;`,
  replaced: `${NUMBERS}${redis('totals', 'k STRING, number BIGINT, total BIGINT, PRIMARY KEY (k) NOT ENFORCED', 'soak:total:')}
${jdbc('totals_of_k', 'k STRING, number BIGINT, total BIGINT, PRIMARY KEY (k) NOT ENFORCED')}
${jdbc('highest', 'k STRING, place BIGINT, n BIGINT, PRIMARY KEY (k, place) NOT ENFORCED')}
CREATE TEMPORARY VIEW sums AS SELECT k, COUNT(*) AS number, SUM(n) AS total FROM numbers WHERE n >= 0 GROUP BY k;
EXECUTE STATEMENT SET BEGIN
INSERT INTO totals SELECT * FROM sums;
INSERT INTO totals_of_k SELECT * FROM sums;
INSERT INTO highest SELECT k, place, n FROM (
  SELECT k, n, ROW_NUMBER() OVER (PARTITION BY k ORDER BY n DESC) AS place FROM numbers WHERE n >= 0) WHERE place <= 3;
END;`,
  asked: `${NUMBERS}${redis('cities', 'k STRING, city STRING, PRIMARY KEY (k) NOT ENFORCED', 'soak:city:')}
${clickhouse('soak_cities', 'n BIGINT NOT NULL, city STRING', 'n')}
CREATE TABLE people (subject STRING NOT NULL, last_n BIGINT, PRIMARY KEY (subject) NOT ENFORCED) WITH ('connector' = 'hermes-profile');
EXECUTE STATEMENT SET BEGIN
INSERT INTO soak_cities SELECT n, city FROM numbers LEFT JOIN cities FOR SYSTEM_TIME AS OF numbers.seen AS c ON numbers.k = c.k WHERE n >= 0;
INSERT INTO people SELECT 'person:' || k, n FROM numbers WHERE n >= 0;
END;`,
};

export const TABLES_IN_POSTGRES = [
  `CREATE SCHEMA ${SCHEMA}`,
  `CREATE TABLE ${SCHEMA}.rows_appended (n bigint)`,
  `CREATE TABLE ${SCHEMA}.totals_of_k (k text PRIMARY KEY, number bigint, total bigint)`,
  `CREATE TABLE ${SCHEMA}.highest (k text, place bigint, n bigint, PRIMARY KEY (k, place))`,
];
