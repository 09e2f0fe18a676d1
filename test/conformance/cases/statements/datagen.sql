-- Generated rows: a bounded sequence.
-- covers: datagen
CREATE TABLE g (id BIGINT) WITH ('connector' = 'datagen', 'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '5');
SELECT id, id * id FROM g;
