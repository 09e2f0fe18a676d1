-- Flink cannot run QUALIFY with = 1 of an order that is no time.
-- covers: QUALIFY
-- expect: error
-- input o from ../rows/purchases.ndjson
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT * FROM o QUALIFY ROW_NUMBER() OVER (PARTITION BY customer ORDER BY price DESC) = 1;
