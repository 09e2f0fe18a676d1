-- An option that the connector does not know is refused.
-- covers: WITH
-- expect: error
-- input t:
CREATE TABLE t (id INT) WITH ('connector' = 'conformance', 'no.such.option' = '1');
SELECT id FROM t;
