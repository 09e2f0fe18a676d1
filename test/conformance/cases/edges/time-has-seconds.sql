-- A TIME has whole seconds, whatever precision is declared.
-- covers: TIME, TIME(p), COALESCE, EXTRACT, OVERLAPS
-- input e:
--   {"id": 1, "tm": "12:34:56.789"}
--   {"id": 2, "tm": "00:00:00"}
--   {"id": 3}
--   {"id": 4, "tm": "23:59:59.999"}
CREATE TABLE e (id INT, tm TIME(3)) WITH ('connector' = 'conformance');
SELECT id, tm, tm = TIME '12:34:56', tm > TIME '12:34:56', CAST(tm AS STRING), CAST(tm AS TIMESTAMP(3)), tm + INTERVAL '1' HOUR, FLOOR(tm TO HOUR), EXTRACT(MILLISECOND FROM tm),
  ARRAY[tm], COALESCE(tm, TIME '01:02:03.5'), TIME '12:34:56.789', TYPEOF(tm), CASE WHEN id = 1 THEN tm ELSE TIME '01:02:03.5' END,
  (TIME '1:00:00', TIME '2:00:00') OVERLAPS (tm, INTERVAL '1' HOUR), TIMESTAMPADD(MINUTE, 5, tm)
FROM e;
