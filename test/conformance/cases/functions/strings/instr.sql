-- INSTR over ordinary values, limits and NULLs.
-- covers: INSTR
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  INSTR(s, t),
  INSTR(s, 'o')
FROM strs;
