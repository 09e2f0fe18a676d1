-- First, last, least, greatest, distinct and joined values.
-- covers: OVER, non-time order, aggregates
-- input o from ../rows/purchases.ndjson
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT id, FIRST_VALUE(id) OVER w AS f, LAST_VALUE(id) OVER w AS l, MIN(qty) OVER w AS a, MAX(qty) OVER w AS b, COUNT(DISTINCT customer) OVER w AS d, LISTAGG(customer) OVER w AS t FROM o WINDOW w AS (PARTITION BY kind ORDER BY price);
