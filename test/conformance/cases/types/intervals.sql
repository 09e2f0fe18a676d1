-- Intervals as values.
-- covers: INTERVAL
-- input t:
--   {"id": 1, "a": "2024-01-31 10:00:00", "b": "2024-03-01 00:00:00"}
--   {"id": 2, "a": null, "b": "2023-02-28 23:59:59"}
CREATE TABLE t (id INT, a TIMESTAMP(3), b TIMESTAMP(3)) WITH ('connector' = 'conformance');
SELECT id, a + INTERVAL '1 02:03:04.005' DAY TO SECOND, a + INTERVAL '1-2' YEAR TO MONTH, b - INTERVAL '90' MINUTE, a < b + INTERVAL '1' DAY, TIMESTAMPDIFF(MINUTE, a, b) FROM t;
