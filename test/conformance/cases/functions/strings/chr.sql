-- CHR over ordinary values, limits and NULLs.
-- covers: CHR
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  CHR(97),
  CHR(n),
  CHR(65 + n),
  CHR(353)
FROM strs;
