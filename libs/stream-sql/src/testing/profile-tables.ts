/** For tests: a stream of events with processing time, and tables over profiles. */
export const EVENTS = `CREATE TABLE events (subject STRING, n INT, ts TIMESTAMP_LTZ(3), proctime AS PROCTIME(), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 'demo.events', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset', 'json.timestamp-format.standard' = 'ISO-8601');
`;
export const PROFILES = `CREATE TABLE profiles (subject STRING NOT NULL, tier STRING, showings_7d BIGINT, spent DECIMAL(18, 2), PRIMARY KEY (subject) NOT ENFORCED)
WITH ('connector' = 'hermes-profile');
`;
export const AS_OF = 'FOR SYSTEM_TIME AS OF e.proctime AS p ON e.subject = p.subject';
