-- IS TRUE, IS FALSE, IS UNKNOWN over ordinary values, limits and NULLs.
-- covers: IS TRUE, IS FALSE, IS UNKNOWN
-- input bools from ../../rows/bools.ndjson
CREATE TABLE bools (id INT, p BOOLEAN, q BOOLEAN) WITH ('connector' = 'conformance');
SELECT
  id,
  p IS TRUE,
  p IS NOT TRUE,
  p IS FALSE,
  p IS NOT FALSE,
  p IS UNKNOWN,
  p IS NOT UNKNOWN,
  (p AND q) IS TRUE,
  (p OR q) IS UNKNOWN
FROM bools;
