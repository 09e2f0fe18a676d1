-- CAST to STRING over ordinary values, limits and NULLs.
-- covers: CAST to STRING
-- input nums from ../../rows/nums.ndjson
CREATE TABLE nums (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(38, 18)
) WITH ('connector' = 'conformance');
SELECT
  id,
  CAST(ti AS STRING),
  CAST(si AS STRING),
  CAST(i AS STRING),
  CAST(b AS STRING),
  CAST(f AS STRING),
  CAST(d AS STRING),
  CAST(p AS STRING),
  CAST(q AS STRING)
FROM nums;
