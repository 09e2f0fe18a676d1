-- EXTRACT from DATE over ordinary values, limits and NULLs.
-- covers: EXTRACT from DATE
-- input times from ../../rows/times.ndjson
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  EXTRACT(YEAR FROM d),
  EXTRACT(QUARTER FROM d),
  EXTRACT(MONTH FROM d),
  EXTRACT(WEEK FROM d),
  EXTRACT(DAY FROM d),
  EXTRACT(DOY FROM d),
  EXTRACT(DOW FROM d),
  EXTRACT(ISODOW FROM d),
  EXTRACT(ISOYEAR FROM d),
  EXTRACT(CENTURY FROM d),
  EXTRACT(EPOCH FROM d)
FROM times;
