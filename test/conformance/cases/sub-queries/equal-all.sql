-- Equal to all.
-- covers: = ALL
-- input c from ../rows/people.ndjson
-- input uno:
--   {"v": 3, "w": "a"}
CREATE TABLE c (name STRING, city STRING, lim INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'conformance');
CREATE TABLE uno (v INT, w STRING) WITH ('connector' = 'conformance');
SELECT name FROM c WHERE lim = ALL (SELECT v FROM uno);
