-- NULL in VALUES needs a type, also beside a row that has one.
-- covers: VALUES, NULL
-- expect: error
SELECT * FROM (VALUES (1, 'a'), (2, NULL)) AS t (i, s);
