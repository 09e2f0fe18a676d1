-- Dearer than the average of their kind.
-- covers: correlated scalar sub-query in WHERE
-- input o from ../rows/purchases.ndjson
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT id FROM o WHERE price > (SELECT AVG(price) FROM o AS i WHERE i.kind = o.kind);
