-- TO_BASE64 over ordinary values, limits and NULLs.
-- covers: TO_BASE64
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  TO_BASE64(s),
  TO_BASE64('hello')
FROM strs;
