-- Timestamps of each precision keep their digits.
-- covers: TIMESTAMP(0-9)
-- input t:
--   {"a": "2024-02-29 12:34:56.987654321", "b": "2024-02-29 12:34:56.987654321", "c": "2024-02-29 12:34:56.987654321", "d": "2024-02-29 12:34:56.987654321"}
--   {"a": "2024-02-29 12:34:56", "b": "2024-02-29 12:34:56", "c": "2024-02-29 12:34:56", "d": "2024-02-29 12:34:56"}
CREATE TABLE t (a TIMESTAMP(0), b TIMESTAMP(3), c TIMESTAMP(6), d TIMESTAMP(9)) WITH ('connector' = 'conformance');
SELECT * FROM t;
