-- A sum of all that is more than a limit.
-- covers: correlated scalar sub-query, non-equi
-- input o from ../rows/purchases.ndjson
-- input c from ../rows/people.ndjson
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
CREATE TABLE c (name STRING, city STRING, lim INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'conformance');
SELECT name, (SELECT SUM(qty) FROM o WHERE o.qty > c.lim) AS x FROM c;
