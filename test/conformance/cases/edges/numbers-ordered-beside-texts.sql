-- < and BETWEEN read a text as a number of the other side; IN compares numbers beside texts as texts.
-- covers: comparison, IN, BETWEEN, implicit casts
-- input e:
--   {"id": 1, "i": 3, "l": 4, "p": 10.25, "d": 0.1, "b": true, "s": "12"}
--   {"id": 2, "i": -2147483648, "l": -9223372036854775808, "p": -0.01, "d": -1e300, "b": false, "s": "-7"}
--   {"id": 3}
--   {"id": 4, "i": 0, "l": 9223372036854775807, "p": 99999999.99, "d": 1.5, "b": true, "s": "3"}
CREATE TABLE e (id INT, i INT, l BIGINT, p DECIMAL(10, 2), d DOUBLE, b BOOLEAN, s STRING) WITH ('connector' = 'conformance');
SELECT id, i > '1', l >= '5', p < '3.5', d <= '0.1', '5' < i, i BETWEEN '-1' AND '5', s > 5, s < i, b > 'false', i IN ('3', '0', '5'), i IN ('3'), s IN (12, -7), '10' > 9
FROM e;
