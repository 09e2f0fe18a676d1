-- An average of INTs whose sum is no INT.
-- covers: AVG, AVG DISTINCT
-- key: k
-- input t:
--   {"k": "a", "x": 2147483647, "y": -0.0}
--   {"k": "a", "x": 2147483646, "y": -0.0}
--   {"k": "b", "x": -2147483648, "y": -0.0}
--   {"k": "b", "x": -2147483647, "y": 0.0}
CREATE TABLE t (k STRING, x INT, y DOUBLE) WITH ('connector' = 'conformance');
SELECT k, AVG(x), AVG(y), SUM(y) FROM t GROUP BY k;
