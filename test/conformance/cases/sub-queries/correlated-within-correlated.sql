-- A sub-query in a sub-query.
-- covers: correlated scalar sub-query, nested
-- input o from ../rows/purchases.ndjson
-- input c from ../rows/people.ndjson
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
CREATE TABLE c (name STRING, city STRING, lim INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'conformance');
SELECT name, (SELECT COUNT(*) FROM o WHERE o.customer = c.name AND o.qty > (SELECT MIN(qty) FROM o AS p WHERE p.kind = o.kind)) AS x FROM c;
