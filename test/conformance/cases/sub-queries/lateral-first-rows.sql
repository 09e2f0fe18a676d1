-- The two cheapest of each kind, with a NULL key.
-- covers: LATERAL, correlated top-N
-- input o from ../rows/purchases.ndjson
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT c.k, t.id, t.price FROM (SELECT kind AS k FROM o GROUP BY kind) AS c, LATERAL (SELECT id, price, qty FROM o WHERE kind = c.k ORDER BY price LIMIT 2) AS t;
