-- JSON_QUOTE over ordinary values, limits and NULLs.
-- covers: JSON_QUOTE
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  JSON_QUOTE(s),
  JSON_QUOTE('a"b')
FROM strs;
