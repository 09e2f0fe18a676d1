-- PRINTF rounds the shortest digits half up, and cuts the word null to its precision.
-- covers: PRINTF
-- input e:
--   {"id": 1, "d": 1.005, "f": 0.1, "i": 3}
--   {"id": 2, "d": 1e22, "f": 3.4e38, "i": -2147483648}
--   {"id": 3}
--   {"id": 4, "d": -0.125, "f": -0.0, "i": 0}
--   {"id": 5, "d": 123456789.987654321, "f": 2.5, "i": 7}
CREATE TABLE e (id INT, d DOUBLE, f FLOAT, i INT) WITH ('connector' = 'conformance');
SELECT id, PRINTF('%.2f', d), PRINTF('%.1f', f), PRINTF('%f', d), PRINTF('%.0f', d), PRINTF('%05d', i), PRINTF('%8.3f|%-8.1f|', d, d), PRINTF('%.3s', CAST(d AS STRING)) FROM e;
