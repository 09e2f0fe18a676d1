-- Values of every type in a changelog.
-- covers: debezium-json, types
-- input items:
--   {"before":null,"after":{"b":true,"t":1,"s":2,"i":3,"l":9007199254740993,"f":1.5,"d":2.25,"m":12.345,"c":"x","y":"AQID","dt":"2024-02-29","tm":"12:34:56","ts":"2024-02-29 12:34:56.789","tz":"2024-02-29 12:34:56.789Z","a":[1,null],"mp":{"k":1},"r":{"x":1,"y":"z"}},"op":"c"}
--   {"before":null,"after":{"b":"true","t":"1","s":"2","i":" 3 ","l":"4","f":"1.5","d":1,"m":"7","c":5,"y":null,"dt":null,"tm":null,"ts":null,"tz":null,"a":[],"mp":{},"r":null},"op":"r"}
--   {"before":null,"after":{"i":1.9,"l":2.7,"c":{"q":[1,"a b",null],"w":1.5}},"op":"c"}
--   {"before":null,"after":{},"op":"c"}
--   {"before":null,"after":{"c":{"q":[1, 2],  "w": 1.50},"m":1e2,"d":1e2,"f":3},"op":"c"}
CREATE TABLE items (b BOOLEAN, t TINYINT, s SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, m DECIMAL(10, 2), c STRING, y BYTES, dt DATE, tm TIME(0), ts TIMESTAMP(3), tz TIMESTAMP_LTZ(3), a ARRAY<INT>, mp MAP<STRING, INT>, r ROW<x INT, y STRING>) WITH ('connector' = 'conformance', 'format' = 'debezium-json');
SELECT * FROM items;
