-- comparison of booleans over ordinary values, limits and NULLs.
-- covers: comparison of booleans
-- input bools from ../../rows/bools.ndjson
CREATE TABLE bools (id INT, p BOOLEAN, q BOOLEAN) WITH ('connector' = 'conformance');
SELECT
  id,
  p = q,
  p <> q,
  p < q,
  p >= q,
  p = TRUE
FROM bools;
