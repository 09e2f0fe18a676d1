-- What JSON values of another kind become.
-- covers: json
-- input t:
--   {"s": 1, "i": "12", "d": "1.5", "b": "true"}
--   {"s": {"x": [1, 2]}, "i": 3, "d": 4, "b": false}
--   {"s": true, "i": null, "d": 1e400, "b": null}
--   {"s": 1.50}
CREATE TABLE t (s STRING, i INT, d DOUBLE, b BOOLEAN) WITH ('connector' = 'conformance');
SELECT * FROM t;
