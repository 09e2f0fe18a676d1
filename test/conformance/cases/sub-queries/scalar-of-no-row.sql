-- A sub-query without a row is NULL.
-- covers: scalar sub-query, empty
-- input o from ../rows/purchases.ndjson
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
CREATE TABLE nothing (v INT, w STRING) WITH ('connector' = 'conformance');
SELECT id, (SELECT v FROM nothing) AS x FROM o;
