-- REGEXP_INSTR over ordinary values, limits and NULLs.
-- covers: REGEXP_INSTR
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  REGEXP_INSTR(s, 'o'),
  REGEXP_INSTR(s, '[A-Z]')
FROM strs;
