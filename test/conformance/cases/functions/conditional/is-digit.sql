-- IS_DIGIT over ordinary values, limits and NULLs.
-- covers: IS_DIGIT
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  IS_DIGIT(s),
  IS_DIGIT(c),
  IS_DIGIT('-1')
FROM strs;
