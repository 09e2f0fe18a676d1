-- Groups of no rows are none.
-- covers: GROUP BY, empty input
-- input orders:
CREATE TABLE orders (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
SELECT kind, COUNT(*) FROM orders GROUP BY kind;
