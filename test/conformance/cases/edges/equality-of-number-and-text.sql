-- = of a number and a text is refused, where < is not.
-- covers: comparison
-- expect: error
-- input e:
--   {"id": 1, "i": 3, "l": 4, "p": 10.25, "d": 0.1, "b": true, "s": "12"}
--   {"id": 2, "i": -2147483648, "l": -9223372036854775808, "p": -0.01, "d": -1e300, "b": false, "s": "-7"}
--   {"id": 3}
--   {"id": 4, "i": 0, "l": 9223372036854775807, "p": 99999999.99, "d": 1.5, "b": true, "s": "3"}
CREATE TABLE e (id INT, i INT, l BIGINT, p DECIMAL(10, 2), d DOUBLE, b BOOLEAN, s STRING) WITH ('connector' = 'conformance');
SELECT id FROM e WHERE i = '3';
