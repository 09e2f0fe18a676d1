-- The rows of each name.
-- covers: LATERAL
-- input o from ../rows/purchases.ndjson
-- input c from ../rows/people.ndjson
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
CREATE TABLE c (name STRING, city STRING, lim INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'conformance');
SELECT c.name, t.id FROM c, LATERAL (SELECT id FROM o WHERE o.customer = c.name) AS t;
