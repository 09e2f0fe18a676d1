-- INSERT INTO ... VALUES.
-- covers: INSERT INTO VALUES
CREATE TABLE o (a INT, b STRING) WITH ('connector' = 'conformance');
INSERT INTO o VALUES (1, 'x'), (2, CAST(NULL AS STRING));
