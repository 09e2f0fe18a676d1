-- Aggregates of no row: NULL, zero, and what is computed of them.
-- covers: correlated scalar sub-query, COUNT of none
-- input o from ../rows/purchases.ndjson
-- input c from ../rows/people.ndjson
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
CREATE TABLE c (name STRING, city STRING, lim INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'conformance');
SELECT name, (SELECT MAX(price) FROM o WHERE o.customer = c.name) AS x, (SELECT COUNT(*) + 1 FROM o WHERE o.customer = c.name) AS n, (SELECT COALESCE(SUM(qty), -1) FROM o WHERE o.customer = c.name) AS q FROM c;
