-- TO_TIMESTAMP over ordinary values, limits and NULLs.
-- covers: TO_TIMESTAMP
-- input times from ../../rows/times.ndjson
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  TO_TIMESTAMP(s),
  TO_TIMESTAMP('2024-02-29 12:34:56.789'),
  TO_TIMESTAMP('29/02/2024 12', 'dd/MM/yyyy HH'),
  TO_TIMESTAMP('2024-02-29T12:34:56')
FROM times;
