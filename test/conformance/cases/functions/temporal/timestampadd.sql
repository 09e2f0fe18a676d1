-- TIMESTAMPADD over ordinary values, limits and NULLs.
-- covers: TIMESTAMPADD
-- input times from ../../rows/times.ndjson
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  TIMESTAMPADD(WEEK, 1, d),
  TIMESTAMPADD(MONTH, 1, ts),
  TIMESTAMPADD(DAY, -1, d),
  TIMESTAMPADD(SECOND, 10, ts),
  TIMESTAMPADD(YEAR, 1, ts),
  TIMESTAMPADD(QUARTER, 1, d)
FROM times WHERE id NOT IN (7, 8);
