-- IN of an empty table as a value: Flink gives no row at all.
-- covers: IN in SELECT, empty
-- input c from ../rows/people.ndjson
CREATE TABLE c (name STRING, city STRING, lim INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'conformance');
CREATE TABLE nothing (v INT, w STRING) WITH ('connector' = 'conformance');
SELECT name, lim IN (SELECT v FROM nothing) AS x FROM c;
