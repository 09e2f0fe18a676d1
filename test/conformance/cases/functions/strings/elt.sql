-- ELT over ordinary values, limits and NULLs.
-- covers: ELT
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  ELT(n, s, t, 'third'),
  ELT(1, 'a'),
  ELT(2, 'a')
FROM strs WHERE n IS NULL OR n > 0;
