-- Numbers without a limit.
-- covers: ROW_NUMBER, non-time order
-- input o from ../rows/purchases.ndjson
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT id, ROW_NUMBER() OVER (PARTITION BY kind ORDER BY price) AS n FROM o;
