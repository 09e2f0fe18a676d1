-- DESCRIBE tells names, types, keys and watermarks.
-- covers: DESCRIBE
-- input t:
CREATE TABLE t (id INT NOT NULL, p DECIMAL(5, 2), x AS p * 2, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'conformance');
DESCRIBE t;
