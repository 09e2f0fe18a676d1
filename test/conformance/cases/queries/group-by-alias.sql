-- A name that SELECT gives is no group.
-- covers: GROUP BY, alias
-- expect: error
-- input o from ../rows/purchases.ndjson
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT customer AS k, COUNT(*) AS n FROM o GROUP BY k;
