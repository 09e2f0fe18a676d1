-- FROM_BASE64 over ordinary values, limits and NULLs.
-- covers: FROM_BASE64
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  FROM_BASE64(TO_BASE64(s)),
  FROM_BASE64('aGVsbG8='),
  FROM_BASE64('aGk=')
FROM strs;
