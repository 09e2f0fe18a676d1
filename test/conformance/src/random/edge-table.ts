/** The kinds of values that expressions are made of; integers of all widths are one. */
export type Family = 'integer' | 'decimal' | 'double' | 'text' | 'boolean' | 'timestamp' | 'date';

/**
 * Columns by family, and rows of limits, NULLs and ordinary values. Of TINYINT and SMALLINT only INTs are made: Flink's code for COALESCE
 * and CASE of a narrow and a wide integer cannot be compiled.
 */
export const columns: Readonly<Record<Family, readonly string[]>> = {
  integer: ['i', 'b', 'i', 'CAST(ti AS INT)', 'CAST(si AS INT)'],
  decimal: ['p', 'q'],
  double: ['d', 'f'],
  text: ['s', 't'],
  boolean: ['x', 'y'],
  timestamp: ['ts', 'ts2'],
  date: ['dt'],
};

export const createTable = `CREATE TABLE e (
  id INT, k STRING,
  ti TINYINT, si SMALLINT, i INT, b BIGINT,
  p DECIMAL(10, 2), q DECIMAL(20, 5), d DOUBLE, f FLOAT,
  s STRING, t VARCHAR(10), x BOOLEAN, y BOOLEAN,
  ts TIMESTAMP(3), ts2 TIMESTAMP(3), dt DATE, pt AS PROCTIME()
) WITH ('connector' = 'conformance');`;

export const rows: readonly string[] = [
  '{"id":1,"k":"a","ti":1,"si":20,"i":3,"b":4,"p":10.25,"q":1.5,"d":2.5,"f":1.5,"s":"Hello World","t":"o","x":true,"y":false,"ts":"2024-02-29 12:34:56.789","ts2":"2024-03-01 00:00:00","dt":"2024-02-29"}',
  '{"id":2,"k":"a","ti":-128,"si":-32768,"i":-2147483648,"b":-9223372036854775808,"p":-99999999.99,"q":-999999999999999.99999,"d":-1e300,"f":-3e38,"s":"","t":"","x":false,"y":true,"ts":"1970-01-01 00:00:00","ts2":"1969-12-31 23:59:59.999","dt":"1970-01-01"}',
  '{"id":3,"k":"b","ti":127,"si":32767,"i":2147483647,"b":9223372036854775807,"p":99999999.99,"q":999999999999999.99999,"d":1e300,"f":3e38,"s":"  pad ","t":" ","x":true,"y":true,"ts":"2023-12-31 23:59:59.999","ts2":"2024-01-01 00:00:00","dt":"2023-12-31"}',
  '{"id":4,"k":"b","ti":0,"si":0,"i":0,"b":0,"p":0,"q":0,"d":0,"f":0,"s":"aXbXc","t":"X","x":false,"y":false,"ts":"2024-12-30 06:07:08.090","ts2":"2024-06-30 18:00:00.5","dt":"2024-12-30"}',
  '{"id":5,"k":"a"}',
  '{"id":6,"k":null,"ti":-7,"si":100,"i":-12345,"b":9007199254740993,"p":-0.05,"q":-0.00001,"d":-0.1,"f":0.25,"s":"房源😀","t":"房","x":null,"y":true,"ts":"1900-03-01 00:00:00.001","ts2":"2100-01-01 00:00:00","dt":"1900-03-01"}',
  '{"id":7,"k":"c","ti":10,"si":null,"i":1000000,"b":-1,"p":2.50,"q":3.33333,"d":1e-7,"f":null,"s":"100%_x","t":"%","x":true,"y":null,"ts":null,"ts2":"2024-02-28 23:00:00","dt":"2024-02-28"}',
  '{"id":8,"k":"c","ti":3,"si":5,"i":7,"b":11,"p":1.01,"q":0.5,"d":3,"f":-2.5,"s":"Hello World","t":"o","x":false,"y":null,"ts":"2024-02-29 12:34:56.789","ts2":"2024-02-29 12:34:56.789","dt":"2024-02-29"}',
  '{"id":9,"k":"a","ti":1,"si":2,"i":3,"b":4,"p":10.25,"q":1.5,"d":2.5,"f":1.5,"s":"zz","t":"z","x":true,"y":true,"ts":"2024-05-05 05:05:05","ts2":"2024-05-05 05:05:04","dt":"2024-05-05"}',
];
