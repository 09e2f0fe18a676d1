-- NULL behind the others.
-- covers: OVER, non-time order, NULLS LAST
-- input o from ../rows/purchases.ndjson
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT id, SUM(qty) OVER (ORDER BY price NULLS LAST) AS s FROM o;
