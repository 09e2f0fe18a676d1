-- STR_TO_MAP over ordinary values, limits and NULLs.
-- covers: STR_TO_MAP
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  STR_TO_MAP('k1=v1,k2=v2'),
  STR_TO_MAP('a:1;b:2', ';', ':'),
  STR_TO_MAP(s),
  STR_TO_MAP('')
FROM strs;
