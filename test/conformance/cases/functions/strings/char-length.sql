-- CHAR_LENGTH over ordinary values, limits and NULLs.
-- covers: CHAR_LENGTH
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  CHAR_LENGTH(s),
  CHARACTER_LENGTH(s),
  CHAR_LENGTH(c),
  CHAR_LENGTH('😀')
FROM strs;
