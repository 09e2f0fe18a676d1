-- SPLIT_INDEX over ordinary values, limits and NULLs.
-- covers: SPLIT_INDEX
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  SPLIT_INDEX(s, 'X', 1),
  SPLIT_INDEX(s, ' ', 0),
  SPLIT_INDEX(s, ',', 5),
  SPLIT_INDEX(s, ',', -1),
  SPLIT_INDEX(s, t, 1)
FROM strs;
