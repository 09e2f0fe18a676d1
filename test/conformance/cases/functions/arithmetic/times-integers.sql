-- Integers under * wrap around at the limits of their type.
-- covers: *, overflow
-- input nums from ../../rows/nums.ndjson
CREATE TABLE nums (
  id INT, ti TINYINT, si SMALLINT, i INT, b BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10, 2), q DECIMAL(38, 18)
) WITH ('connector' = 'conformance');
SELECT
  id,
  ti * ti,
  si * si,
  i * i,
  b * b,
  ti * si,
  i * b,
  i * 1,
  b * 1,
  i * CAST(NULL AS INT)
FROM nums;
