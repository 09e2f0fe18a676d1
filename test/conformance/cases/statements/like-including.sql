-- LIKE with what is taken over and what is not.
-- covers: CREATE TABLE ... LIKE
-- input base:
CREATE TABLE base (id INT, x AS id + 1, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'conformance');
CREATE TABLE t (y STRING) WITH ('connector' = 'conformance') LIKE base (EXCLUDING ALL INCLUDING GENERATED EXCLUDING WATERMARKS);
DESCRIBE t;
