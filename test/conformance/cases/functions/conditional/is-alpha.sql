-- IS_ALPHA over ordinary values, limits and NULLs.
-- covers: IS_ALPHA
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  IS_ALPHA(s),
  IS_ALPHA(t),
  IS_ALPHA('')
FROM strs;
