-- LIKE ... ESCAPE over ordinary values, limits and NULLs.
-- covers: LIKE ... ESCAPE
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  s LIKE '%!%!_%' ESCAPE '!',
  s NOT LIKE '100#%%' ESCAPE '#',
  v LIKE 'a!_b' ESCAPE '!'
FROM strs;
