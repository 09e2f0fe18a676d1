-- NULL in VALUES of an INSERT needs a type, too.
-- covers: INSERT INTO, VALUES, NULL
-- expect: error
CREATE TABLE s (a INT, b STRING) WITH ('connector' = 'conformance');
INSERT INTO s VALUES (1, NULL), (2, 'x');
