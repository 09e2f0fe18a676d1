-- A value as the key of a group.
-- covers: scalar sub-query in GROUP BY
-- input o from ../rows/purchases.ndjson
-- input uno:
--   {"v": 3, "w": "a"}
CREATE TABLE o (
  id INT, customer STRING, kind STRING, price DECIMAL(10, 2), qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) WITH ('connector' = 'conformance');
CREATE TABLE uno (v INT, w STRING) WITH ('connector' = 'conformance');
SELECT (SELECT v FROM uno) AS k, COUNT(*) AS n FROM o GROUP BY (SELECT v FROM uno);
