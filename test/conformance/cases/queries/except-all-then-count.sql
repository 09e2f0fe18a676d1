-- Rows that are left are counted.
-- covers: EXCEPT ALL, then GROUP BY
-- input o from ../rows/purchases.ndjson
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT kind, COUNT(*) AS n FROM (SELECT kind FROM o EXCEPT ALL SELECT kind FROM o WHERE qty > 1) GROUP BY kind;
