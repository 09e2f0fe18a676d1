-- Rows in time go to windows, late ones to a table of their own.
-- covers: CURRENT_WATERMARK, EXECUTE STATEMENT SET, TIMESTAMP_LTZ
-- input ltz:
--   {"id": 1, "u": "a", "v": 10, "e": 1710064801000}
--   {"id": 2, "u": "b", "v": 20, "e": 1710064803000}
--   {"id": 3, "u": "a", "v": 30, "e": 1710064802000}
--   {"id": 5, "u": "c", "v": 5, "e": 1710064795000}
--   {"id": 4, "u": "a", "v": 40, "e": 1710064841000}
CREATE TABLE ltz (id INT, u STRING, v INT, e BIGINT, ts AS TO_TIMESTAMP_LTZ(e, 3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'conformance');
CREATE TABLE good (ws TIMESTAMP(3), n BIGINT) WITH ('connector' = 'conformance');
CREATE TABLE late (id INT, ts TIMESTAMP_LTZ(3), w TIMESTAMP_LTZ(3)) WITH ('connector' = 'conformance');
CREATE TEMPORARY VIEW g AS SELECT * FROM ltz WHERE CURRENT_WATERMARK(ts) IS NULL OR ts > CURRENT_WATERMARK(ts);
CREATE TEMPORARY VIEW l AS SELECT * FROM ltz WHERE CURRENT_WATERMARK(ts) IS NOT NULL AND ts <= CURRENT_WATERMARK(ts);
EXECUTE STATEMENT SET BEGIN
INSERT INTO good SELECT window_start, COUNT(DISTINCT u) FROM TABLE(TUMBLE(TABLE g, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
INSERT INTO late SELECT id, ts, CURRENT_WATERMARK(ts) AS w FROM l;
END;
