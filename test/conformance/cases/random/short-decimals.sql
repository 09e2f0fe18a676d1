-- Texts as short decimals: the character that ends the digits is not looked at.
-- covers: TRY_CAST to DECIMAL
-- input t:
--   {"s": "o"}
--   {"s": "5x"}
--   {"s": "5xy"}
--   {"s": " -1.25 "}
--   {"s": "1e2"}
--   {"s": "1e"}
--   {"s": "1e+"}
--   {"s": "1e-2x"}
--   {"s": "."}
--   {"s": "1.2.3"}
--   {"s": "房"}
--   {"s": "+"}
--   {"s": " "}
--   {"s": "0.0005"}
CREATE TABLE t (s STRING) WITH ('connector' = 'conformance');
SELECT s, TRY_CAST(s AS DECIMAL(8, 3)), TRY_CAST(s AS DECIMAL(20, 3)) FROM t;
