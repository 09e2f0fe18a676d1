-- HAVING on what is not selected: groups come when they pass, and go when they do not.
-- covers: HAVING, retraction
-- input n:
--   {"k": "a", "v": 1}
--   {"k": "b", "v": null}
--   {"k": "a", "v": 5}
--   {"k": "b", "v": 7}
--   {"k": "c", "v": 9}
--   {"k": "c", "v": -9}
CREATE TABLE n (k STRING, v INT) WITH ('connector' = 'conformance');
SELECT k FROM n GROUP BY k HAVING SUM(v) > 5;
