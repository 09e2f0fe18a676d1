-- LISTAGG has the type of what it lists.
-- covers: LISTAGG
-- key: k
-- input t:
--   {"k": "a", "v": "x", "c": "y"}
--   {"k": "a", "v": "longer", "c": "z"}
--   {"k": "b", "v": null, "c": null}
CREATE TABLE t (k STRING, v VARCHAR(6), c CHAR(1)) WITH ('connector' = 'conformance');
SELECT k, LISTAGG(v), LISTAGG(c, '; '), LISTAGG(DISTINCT c), LISTAGG(v) FILTER (WHERE c = 'z') FROM t GROUP BY k;
