-- A value in the condition of a join.
-- covers: scalar sub-query in ON
-- input o from ../rows/purchases.ndjson
-- input c from ../rows/people.ndjson
-- input uno:
--   {"v": 3, "w": "a"}
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
CREATE TABLE c (name STRING, city STRING, lim INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'conformance');
CREATE TABLE uno (v INT, w STRING) WITH ('connector' = 'conformance');
SELECT o.id, c.city FROM o JOIN c ON o.customer = c.name AND c.lim > (SELECT v FROM uno) - 1;
