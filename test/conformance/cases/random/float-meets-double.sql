-- Which type FLOAT and DOUBLE have together depends on the function.
-- covers: COALESCE, IFNULL, GREATEST, LEAST, IF, CASE, NULLIF, ARRAY
-- input t:
--   {"f": 1.1, "d": 2.2, "p": 1.10, "x": true}
--   {"f": 3e38, "d": 1e300, "p": 0, "x": false}
--   {"f": null, "d": -1e-7, "p": null, "x": null}
CREATE TABLE t (f FLOAT, d DOUBLE, p DECIMAL(5, 2), x BOOLEAN) WITH ('connector' = 'conformance');
SELECT COALESCE(f, d), COALESCE(d, f), IFNULL(f, d), GREATEST(f, d), LEAST(d, f), IF(x, f, d), CASE WHEN x THEN f ELSE d END, CASE WHEN x THEN d ELSE f END, COALESCE(f, p), NULLIF(f, d), ARRAY[f, d], f + d, d + f FROM t;
