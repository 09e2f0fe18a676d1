-- Text that is no Base64 fails the job.
-- covers: FROM_BASE64
-- expect: error
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  FROM_BASE64('!')
FROM strs;
