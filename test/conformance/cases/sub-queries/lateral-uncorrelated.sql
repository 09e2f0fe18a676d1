-- A sub-query that asks for nothing.
-- covers: LATERAL without correlation
-- input o from ../rows/purchases.ndjson
-- input c from ../rows/people.ndjson
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
CREATE TABLE c (name STRING, city STRING, lim INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'conformance');
SELECT c.name, t.x, v.y FROM c, LATERAL (SELECT MAX(qty) AS x FROM o) AS t, LATERAL (VALUES (1), (2)) AS v (y);
