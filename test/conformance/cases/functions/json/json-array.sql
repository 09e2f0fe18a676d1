-- JSON_ARRAY over ordinary values, limits and NULLs.
-- covers: JSON_ARRAY
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  JSON_ARRAY(),
  JSON_ARRAY(n, s),
  JSON_ARRAY(n, s NULL ON NULL),
  JSON_ARRAY(n, s ABSENT ON NULL),
  JSON_ARRAY(JSON_ARRAY(1), TRUE, 1.5)
FROM strs;
