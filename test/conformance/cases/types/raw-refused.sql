-- RAW is refused in the text.
-- covers: RAW
-- expect: error
-- input t:
CREATE TABLE t (x RAW('java.lang.Integer', 'AAA')) WITH ('connector' = 'conformance');
SELECT * FROM t;
