-- Escapes and characters beyond the basic plane.
-- covers: json
-- input t:
--   {"s": "a\u00e9\n\"\\"}
--   {"s": "\ud83d\ude00"}
--   {"s": "房源"}
CREATE TABLE t (s STRING) WITH ('connector' = 'conformance');
SELECT s, CHAR_LENGTH(s) FROM t;
