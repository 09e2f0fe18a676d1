-- Whole months and years backwards, with and without the time of day.
-- covers: TIMESTAMPDIFF
-- input t:
--   {"a": "2024-06-30 18:00:00.5", "b": "2024-02-29 12:00:00"}
--   {"a": "2024-02-29 12:34:56.789", "b": "2024-02-29 12:00:00"}
--   {"a": "2024-01-01 00:00:00", "b": "1970-01-01 00:00:35"}
--   {"a": "2024-01-31 00:00:00", "b": "2024-02-29 00:00:00"}
--   {"a": "2024-02-29 00:00:00", "b": "2024-01-31 00:00:00"}
CREATE TABLE t (a TIMESTAMP(3), b TIMESTAMP(3)) WITH ('connector' = 'conformance');
SELECT TIMESTAMPDIFF(MONTH, a, b), TIMESTAMPDIFF(YEAR, a, b), TIMESTAMPDIFF(MONTH, CAST(a AS DATE), CAST(b AS DATE)), TIMESTAMPDIFF(QUARTER, a, b), TIMESTAMPDIFF(DAY, a, b) FROM t;
