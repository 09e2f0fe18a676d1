-- URL_ENCODE over ordinary values, limits and NULLs.
-- covers: URL_ENCODE
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  URL_ENCODE(s)
FROM strs;
