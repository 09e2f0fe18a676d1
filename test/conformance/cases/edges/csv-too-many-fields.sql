-- A record with fields too many is none, even where errors are ignored; fields that are not there are NULL.
-- covers: csv, csv.ignore-parse-errors
-- input c:
--   5,e,2024-01-02
--   6,f,2024-1-2,more
--   7
--   8,g,2024-1-2
--   x,h,
CREATE TABLE c (i INT, s STRING, d DATE) WITH ('connector' = 'conformance', 'format' = 'csv', 'csv.ignore-parse-errors' = 'true');
SELECT * FROM c;
