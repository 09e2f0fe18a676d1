-- TO_DATE over ordinary values, limits and NULLs.
-- covers: TO_DATE
-- input times from ../../rows/times.ndjson
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  TO_DATE(s),
  TO_DATE('2024-02-29'),
  TO_DATE('29.02.2024', 'dd.MM.yyyy'),
  TO_DATE('2024-02-30')
FROM times;
