-- An interval of more than two digits says so.
-- covers: INTERVAL
-- expect: error
SELECT TIMESTAMP '2024-01-31 00:00:00' + INTERVAL '100' DAY;
