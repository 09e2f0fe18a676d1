-- TIMESTAMPDIFF of a TIMESTAMP and a TIMESTAMP_LTZ is refused.
-- covers: TIMESTAMPDIFF
-- expect: error
-- input e:
--   {"id": 1, "ts": "2024-03-10 02:30:15.123", "lz": "2024-03-10 02:30:15.123Z"}
CREATE TABLE e (id INT, ts TIMESTAMP(3), lz TIMESTAMP_LTZ(3)) WITH ('connector' = 'conformance');
SELECT TIMESTAMPDIFF(MINUTE, ts, lz) FROM e;
