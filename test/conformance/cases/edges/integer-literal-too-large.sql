-- A whole number that BIGINT does not hold is refused.
-- covers: literals
-- expect: error
SELECT 12345678901234567890;
