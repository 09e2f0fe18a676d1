-- A text that is no such value fails the job.
-- covers: CAST
-- expect: error
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  CAST(s AS DATE)
FROM strs;
