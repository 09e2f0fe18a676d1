-- A rowtime computed from a number.
-- covers: computed columns, WATERMARK
-- input t:
--   {"id": 1, "ms": 1710064800000}
--   {"id": 2, "ms": 1710064805123}
--   {"id": 3, "ms": 1710064812000}
CREATE TABLE t (id INT, ms BIGINT, rt AS TO_TIMESTAMP_LTZ(ms, 3), WATERMARK FOR rt AS rt - INTERVAL '1' SECOND) WITH ('connector' = 'conformance');
SELECT window_start, window_end, COUNT(*) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(rt), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
