-- AND, OR, NOT over ordinary values, limits and NULLs.
-- covers: AND, OR, NOT
-- input bools from ../../rows/bools.ndjson
CREATE TABLE bools (id INT, p BOOLEAN, q BOOLEAN) WITH ('connector' = 'conformance');
SELECT
  id,
  p AND q,
  p OR q,
  NOT p,
  NOT (p AND q),
  p AND NOT q OR q,
  p AND CAST(NULL AS BOOLEAN),
  p OR CAST(NULL AS BOOLEAN)
FROM bools;
