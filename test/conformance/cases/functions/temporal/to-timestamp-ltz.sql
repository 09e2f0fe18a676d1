-- TO_TIMESTAMP_LTZ over ordinary values, limits and NULLs.
-- covers: TO_TIMESTAMP_LTZ
-- input times from ../../rows/times.ndjson
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  TO_TIMESTAMP_LTZ(1709210096, 0),
  TO_TIMESTAMP_LTZ(1709210096789, 3),
  TO_TIMESTAMP_LTZ(-1, 3),
  TO_TIMESTAMP_LTZ(CAST(id AS BIGINT), 0),
  TO_TIMESTAMP_LTZ('2024-02-29 12:34:56')
FROM times;
