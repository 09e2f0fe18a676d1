-- The one value of another table beside each row.
-- covers: scalar sub-query in SELECT
-- input o from ../rows/purchases.ndjson
-- input uno:
--   {"v": 3, "w": "a"}
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
CREATE TABLE uno (v INT, w STRING) WITH ('connector' = 'conformance');
SELECT id, (SELECT v FROM uno) AS x FROM o;
