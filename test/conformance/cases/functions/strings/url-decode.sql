-- URL_DECODE over ordinary values, limits and NULLs.
-- covers: URL_DECODE
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  URL_DECODE(URL_ENCODE(s)),
  URL_DECODE('a%20b+c'),
  URL_DECODE('%zz')
FROM strs;
