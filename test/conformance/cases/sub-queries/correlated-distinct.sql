-- Several equal values are one, with DISTINCT.
-- covers: correlated scalar sub-query, DISTINCT
-- input c from ../rows/people.ndjson
CREATE TABLE c (name STRING, city STRING, lim INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'conformance');
SELECT name, (SELECT DISTINCT city FROM c AS d WHERE d.name = c.name) AS x FROM c;
