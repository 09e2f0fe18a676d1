/** For tests: what the cases read and write. */
export const TABLES = `CREATE TABLE t (a BIGINT, b STRING, c INT NOT NULL, d DECIMAL(10, 2), r ROW<x INT, y ROW<z STRING>>, items ARRAY<STRING>, counts MAP<STRING, INT>, ts TIMESTAMP(3), p AS PROCTIME(), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'kafka', 'topic' = 'demo.t', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset');
CREATE TABLE u (k BIGINT, v STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'kafka', 'topic' = 'demo.u', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset');
CREATE TABLE profiles (subject STRING NOT NULL, tier STRING, showings_7d BIGINT, PRIMARY KEY (subject) NOT ENFORCED) WITH ('connector' = 'hermes-profile');
CREATE TABLE customers (id BIGINT, name STRING, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'jdbc:postgresql://db/shop', 'table-name' = 'customers');
CREATE TABLE cache (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'redis', 'url' = 'redis://localhost:6379');
CREATE TABLE out_text (v STRING) WITH ('connector' = 'clickhouse');
CREATE TABLE out_pair (k STRING, n BIGINT) WITH ('connector' = 'clickhouse');
CREATE TABLE shown (k STRING, n BIGINT) WITH ('connector' = 'print');
`;

export const TABLES_LINES = TABLES.split('\n').length - 1;
