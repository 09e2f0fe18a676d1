-- As often as both have it.
-- covers: INTERSECT ALL
-- input o from ../rows/purchases.ndjson
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT kind FROM o INTERSECT ALL SELECT kind FROM o WHERE qty > 1;
