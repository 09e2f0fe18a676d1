-- PIVOT is refused.
-- covers: PIVOT
-- expect: error
-- input o from ../rows/purchases.ndjson
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT * FROM (SELECT customer, kind, qty FROM o) PIVOT (SUM(qty) AS s FOR kind IN ('book' AS b, 'pen' AS p));
