-- DECIMAL is read exactly and rounded half up to its scale; what does not fit is NULL.
-- covers: DECIMAL, json
-- input t:
--   {"a": 1.005, "b": 0.1234567890123, "c": 12345678901234567890123456789012345678}
--   {"a": -1.005, "b": 1e-9, "c": 1e30}
--   {"a": 123456.7, "b": "2.5", "c": "7"}
CREATE TABLE t (a DECIMAL(5, 2), b DECIMAL(38, 10), c DECIMAL(38, 0)) WITH ('connector' = 'conformance');
SELECT * FROM t;
