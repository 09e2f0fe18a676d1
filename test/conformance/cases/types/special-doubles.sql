-- NaN, infinities and -0.
-- covers: DOUBLE
-- input t:
--   {"x": 1}
--   {"x": -1}
--   {"x": 0}
--   {"x": null}
CREATE TABLE t (x DOUBLE) WITH ('connector' = 'conformance');
SELECT x / 0e0, -x * 0e0, CAST('NaN' AS DOUBLE) * x, x / 0e0 = x / 0e0, CAST('NaN' AS DOUBLE) = CAST('NaN' AS DOUBLE), x / 0e0 > 1e300 FROM t;
