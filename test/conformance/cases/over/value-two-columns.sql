-- Two columns are refused.
-- covers: OVER, non-time order, two columns
-- expect: error
-- input o from ../rows/purchases.ndjson
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT id, SUM(qty) OVER (ORDER BY kind, id) FROM o;
