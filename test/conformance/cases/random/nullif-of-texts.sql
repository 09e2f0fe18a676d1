-- NULLIF compares whole texts, whatever length the first may have.
-- covers: NULLIF
-- input t:
--   {"s": "aXb", "b": 9007199254740993, "c": 9007199254740992, "p": 1.50}
--   {"s": "a", "b": 1, "c": 1, "p": 1.00}
--   {"s": null, "b": null, "c": 3, "p": null}
CREATE TABLE t (s STRING, b BIGINT, c BIGINT, p DECIMAL(5, 2)) WITH ('connector' = 'conformance');
SELECT NULLIF('a', s), NULLIF(s, 'a'), NULLIF(CAST(s AS VARCHAR(2)), s), NULLIF(b, c), NULLIF(1, p), NULLIF(p, 1.5), NULLIF(b, 9007199254740992) FROM t;
