-- BIGINT is exact past 2^53.
-- covers: BIGINT, json
-- input t:
--   {"b": 9007199254740993}
--   {"b": -9223372036854775808}
--   {"b": 9223372036854775807}
CREATE TABLE t (b BIGINT) WITH ('connector' = 'conformance');
SELECT b, b + 1, b - 1, CAST(b AS STRING) FROM t;
