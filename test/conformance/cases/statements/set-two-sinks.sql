-- One statement set writes two tables from one source.
-- covers: EXECUTE STATEMENT SET, group aggregate, INSERT INTO
-- key: kind
-- input orders:
--   {"id": 1, "kind": "a"}
--   {"id": 2, "kind": "b"}
--   {"id": 3, "kind": "a"}
CREATE TABLE orders (id INT, kind STRING) WITH ('connector' = 'conformance');
CREATE TABLE counts (kind STRING, n BIGINT, PRIMARY KEY (kind) NOT ENFORCED) WITH ('connector' = 'conformance');
CREATE TABLE kinds (kind STRING) WITH ('connector' = 'conformance');
EXECUTE STATEMENT SET BEGIN
  INSERT INTO counts SELECT kind, COUNT(*) FROM orders GROUP BY kind;
  INSERT INTO kinds SELECT kind FROM orders;
END;
