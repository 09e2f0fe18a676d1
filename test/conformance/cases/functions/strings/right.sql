-- RIGHT over ordinary values, limits and NULLs.
-- covers: RIGHT
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  RIGHT(s, 2),
  RIGHT(s, 0),
  RIGHT(s, n),
  RIGHT(s, -1)
FROM strs;
