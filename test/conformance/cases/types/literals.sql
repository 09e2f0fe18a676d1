-- Literals of numbers and texts, and their types.
-- covers: literals
-- input t:
--   {"id": 1}
CREATE TABLE t (id INT) WITH ('connector' = 'conformance');
SELECT 1, 1.0, 1.50, 1e3, -5, 2147483648, 'it''s', U&'\4E2D', TRUE, x'4142', 0.1 + 0.2, 1e0 / 3, .5 FROM t;
