-- IN of the rows of other names.
-- covers: correlated IN, non-equi
-- input c from ../rows/people.ndjson
CREATE TABLE c (name STRING, city STRING, lim INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'conformance');
SELECT name FROM c WHERE city IN (SELECT city FROM c AS d WHERE d.name <> c.name);
