-- OVERLAY over ordinary values, limits and NULLs.
-- covers: OVERLAY
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  OVERLAY(s PLACING 'ZZ' FROM 2),
  OVERLAY(s PLACING 'ZZ' FROM 3 FOR 4),
  OVERLAY(s PLACING t FROM 1 FOR 1)
FROM strs;
