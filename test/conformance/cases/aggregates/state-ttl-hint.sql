-- How long groups are kept, by hint.
-- covers: STATE_TTL, GROUP BY
-- input o from ../rows/purchases.ndjson
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT /*+ STATE_TTL('o' = '1d') */ customer, COUNT(*) AS n FROM o GROUP BY customer;
