/**
 * All functions of Flink SQL 2.2 by the chapters of its documentation (docs/data/sql_functions.yml and SHOW FUNCTIONS of 2.2.0), as they are
 * written there, for the table in docs/sql-functions.md. `names`: keys of the registry that are it; none: `instead` says what
 * to do. `by`: it is not a function of the registry but a construct of the language.
 */
export interface FlinkFunction {
  readonly written: string;
  readonly names: readonly string[];
  readonly by?: string;
  readonly instead?: string;
  readonly differs?: string;
}

export interface FlinkChapter {
  readonly title: string;
  readonly functions: readonly FlinkFunction[];
}

const is = (written: string, ...names: string[]): FlinkFunction => ({
  written,
  names: names.length > 0 ? names : [written.replace(/\(.*/, '')],
});
const differing = (written: string, differs: string, ...names: string[]): FlinkFunction => ({
  ...is(written, ...names),
  differs,
});
const construct = (written: string, by: string): FlinkFunction => ({ written, names: [], by });
const missing = (written: string, instead: string): FlinkFunction => ({ written, names: [], instead });

const NO_VARIANT = 'the type VARIANT is not there; read JSON with JSON_VALUE and JSON_QUERY';
const NO_OBJECT = 'structured types are not there; use ROW';
const BATCH_ONLY = "not in Flink's streaming mode either";
const REGEX =
  'patterns run in linear time (RE2): look-around, references to groups and possessive repetitions are invalid';

export const FLINK_FUNCTIONS: readonly FlinkChapter[] = [
  {
    title: 'Comparison',
    functions: [
      is('value1 = value2', '='),
      is('value1 <> value2', '<>'),
      is('value1 > value2', '>'),
      is('value1 >= value2', '>='),
      is('value1 < value2', '<'),
      is('value1 <= value2', '<='),
      is('value IS NULL', 'IS NULL'),
      is('value IS NOT NULL', 'IS NOT NULL'),
      is('value1 IS DISTINCT FROM value2', 'IS DISTINCT FROM'),
      is('value1 IS NOT DISTINCT FROM value2', 'IS NOT DISTINCT FROM'),
      is('value1 [NOT] BETWEEN [ASYMMETRIC | SYMMETRIC] value2 AND value3', '>=', '<='),
      is('string1 [NOT] LIKE string2 [ESCAPE char]', 'LIKE'),
      differing('string1 [NOT] SIMILAR TO string2 [ESCAPE char]', REGEX, 'SIMILAR TO'),
      is('value1 [NOT] IN (value2 [, value3]*)', 'IN'),
      construct('EXISTS (sub-query)', 'a join, where the planner takes it'),
      construct('value [NOT] IN (sub-query)', 'a join, where the planner takes it'),
    ],
  },
  {
    title: 'Logical',
    functions: [
      'OR',
      'AND',
      'NOT',
      'IS FALSE',
      'IS NOT FALSE',
      'IS TRUE',
      'IS NOT TRUE',
      'IS UNKNOWN',
      'IS NOT UNKNOWN',
    ].map((name) =>
      is(
        name === 'NOT' ? 'NOT boolean' : name.startsWith('IS') ? `boolean ${name}` : `boolean1 ${name} boolean2`,
        name,
      ),
    ),
  },
  {
    title: 'Arithmetic',
    functions: [
      construct('+ numeric', 'the number itself'),
      is('- numeric', 'NEGATE'),
      is('numeric1 + numeric2', '+'),
      is('numeric1 - numeric2', '-'),
      is('numeric1 * numeric2', '*'),
      is('numeric1 / numeric2', '/'),
      is('numeric1 % numeric2', '%', 'MOD'),
      ...['POWER', 'ABS', 'SQRT', 'LN', 'LOG10', 'LOG2', 'LOG', 'EXP'].map((name) =>
        is(name === 'POWER' ? 'POWER(numeric1, numeric2)' : `${name}(numeric)`, name),
      ),
      is('CEIL(numeric), CEILING(numeric)', 'CEIL', 'CEILING'),
      is('FLOOR(numeric)', 'FLOOR'),
      ...['SIN', 'SINH', 'COS', 'TAN', 'TANH', 'COT', 'ASIN', 'ACOS', 'ATAN', 'COSH', 'DEGREES', 'RADIANS', 'SIGN'].map(
        (name) => is(`${name}(numeric)`),
      ),
      is('ATAN2(numeric1, numeric2)'),
      is('ROUND(numeric, INT)'),
      is('PI()'),
      is('E()'),
      is('RAND([INT])'),
      is('RAND_INTEGER([INT1,] INT2)'),
      is('UUID()'),
      is('BIN(INT)'),
      is('HEX(numeric or string)'),
      is('UNHEX(expr)'),
      is('TRUNCATE(numeric1, integer2)'),
    ],
  },
  {
    title: 'String',
    functions: [
      is('string1 || string2', '||'),
      is('CHAR_LENGTH(string), CHARACTER_LENGTH(string)', 'CHAR_LENGTH', 'CHARACTER_LENGTH'),
      is('UPPER(string)'),
      is('LOWER(string)'),
      is('POSITION(string1 IN string2)'),
      is('PRINTF(format[, obj]*)'),
      is('TRIM([BOTH | LEADING | TRAILING] string1 FROM string2)'),
      is('LTRIM(str[, trimStr])'),
      is('RTRIM(str[, trimStr])'),
      is('BTRIM(str[, trimStr])'),
      is('REPEAT(string, int)'),
      differing('REGEXP_REPLACE(string1, string2, string3)', REGEX),
      is('OVERLAY(string1 PLACING string2 FROM integer1 [FOR integer2])'),
      is('STARTSWITH(expr, startExpr)'),
      is('ENDSWITH(expr, endExpr)'),
      is('SUBSTRING(string FROM integer1 [FOR integer2])'),
      is('REPLACE(string1, string2, string3)'),
      differing('REGEXP_COUNT(str, regex)', REGEX),
      differing('REGEXP_EXTRACT(string1, string2[, integer])', REGEX),
      differing('REGEXP_EXTRACT_ALL(str, regex[, extractIndex])', REGEX),
      differing('REGEXP_INSTR(str, regex)', REGEX),
      differing('REGEXP_SUBSTR(str, regex)', REGEX),
      is('TRANSLATE(expr, fromStr, toStr)'),
      is('INITCAP(string)'),
      is('CONCAT(string1, string2, ...)'),
      is('CONCAT_WS(string1, string2, string3, ...)'),
      is('LPAD(string1, integer, string2)'),
      is('RPAD(string1, integer, string2)'),
      is('FROM_BASE64(string)'),
      is('TO_BASE64(string)'),
      is('ASCII(string)'),
      is('CHR(integer)'),
      is('DECODE(binary, string)'),
      is('ENCODE(string1, string2)'),
      is('INSTR(string1, string2)'),
      is('LEFT(string, integer)'),
      is('RIGHT(string, integer)'),
      is('LOCATE(string1, string2[, integer])'),
      is('URL_DECODE(string)'),
      is('URL_ENCODE(string)'),
      is('PARSE_URL(string1, string2[, string3])'),
      differing('REGEXP(string1, string2)', REGEX),
      is('REVERSE(string)'),
      is('SPLIT_INDEX(string1, string2, integer1)'),
      is('STR_TO_MAP(string1[, string2, string3])'),
      is('SUBSTR(string, integer1[, integer2])'),
      is('JSON_QUOTE(string)'),
      is('JSON_UNQUOTE(string)'),
      is('ELT(index, expr[, exprs]*)'),
    ],
  },
  {
    title: 'Temporal',
    functions: [
      construct("DATE '...', TIME '...', TIMESTAMP '...', INTERVAL '...' range", 'literals'),
      ...['LOCALTIME', 'LOCALTIMESTAMP', 'CURRENT_TIME', 'CURRENT_DATE', 'CURRENT_TIMESTAMP'].map((name) => is(name)),
      is('NOW()'),
      is('CURRENT_ROW_TIMESTAMP()'),
      is('PROCTIME()'),
      is('EXTRACT(timeintervalunit FROM temporal)'),
      ...['YEAR', 'QUARTER', 'MONTH', 'WEEK', 'DAYOFYEAR', 'DAYOFMONTH', 'DAYOFWEEK'].map((name) =>
        is(`${name}(date)`),
      ),
      ...['HOUR', 'MINUTE', 'SECOND'].map((name) => is(`${name}(timestamp)`)),
      is('FLOOR(timepoint TO timeintervalunit)'),
      is('CEIL(timepoint TO timeintervalunit)'),
      is('(timepoint1, temporal1) OVERLAPS (timepoint2, temporal2)', 'OVERLAPS'),
      is('DATE_FORMAT(timestamp, string)'),
      is('TIMESTAMPADD(timeintervalunit, interval, timepoint)'),
      is('TIMESTAMPDIFF(timepointunit, timepoint1, timepoint2)'),
      is('CONVERT_TZ(string1, string2, string3)'),
      is('FROM_UNIXTIME(numeric[, string])'),
      is('UNIX_TIMESTAMP([string1[, string2]])'),
      differing('TO_DATE(string1[, string2])', 'a text that does not fit the pattern is NULL (Flink: 5471-09-27)'),
      is('TO_TIMESTAMP_LTZ(numeric[, precision]), TO_TIMESTAMP_LTZ(string1[, string2[, string3]])', 'TO_TIMESTAMP_LTZ'),
      is('TO_TIMESTAMP(string1[, string2])'),
      is('CURRENT_WATERMARK(rowtime)'),
      construct('SOURCE_WATERMARK()', 'WATERMARK of CREATE TABLE, where the connector has one'),
    ],
  },
  {
    title: 'Conditional',
    functions: [
      construct('CASE value WHEN ... END, CASE WHEN ... END', 'the planner'),
      is('NULLIF(value1, value2)'),
      is('COALESCE(value1 [, value2]*)'),
      is('IF(condition, true_value, false_value)'),
      is('IFNULL(input, null_replacement)'),
      is('IS_ALPHA(string)'),
      is('IS_DECIMAL(string)'),
      is('IS_DIGIT(string)'),
      is('GREATEST(value1[, value2]*)'),
      is('LEAST(value1[, value2]*)'),
    ],
  },
  {
    title: 'Type conversion',
    functions: [
      construct('CAST(value AS type), TRY_CAST(value AS type)', 'values/cast.ts'),
      is('TYPEOF(input[, force_serializable])'),
    ],
  },
  {
    title: 'Collection',
    functions: [
      is('CARDINALITY(array or map)'),
      differing(
        "array '[' INT ']', map '[' value ']'",
        'beyond the end, or for a key that is not there, NULL (a constant array of NOT NULL elements gives -1 in Flink)',
        'ITEM',
      ),
      is('ELEMENT(array)'),
      ...['ARRAY_CONTAINS', 'ARRAY_POSITION', 'ARRAY_REMOVE'].map((name) => is(`${name}(haystack, needle)`)),
      ...['ARRAY_DISTINCT', 'ARRAY_REVERSE', 'ARRAY_MAX', 'ARRAY_MIN'].map((name) => is(`${name}(array)`)),
      ...['ARRAY_APPEND', 'ARRAY_PREPEND'].map((name) => is(`${name}(array, element)`)),
      ...['ARRAY_UNION', 'ARRAY_EXCEPT', 'ARRAY_INTERSECT'].map((name) => is(`${name}(array1, array2)`)),
      is('ARRAY_CONCAT(array1, ...)'),
      is('ARRAY_JOIN(array, delimiter[, nullReplacement])'),
      is('ARRAY_SLICE(array, start_offset[, end_offset])'),
      is('ARRAY_SORT(array[, ascending_order[, null_first]])'),
      is('SPLIT(string, delimiter)'),
      ...['MAP_KEYS', 'MAP_VALUES', 'MAP_ENTRIES'].map((name) => is(`${name}(map)`)),
      is('MAP_FROM_ARRAYS(array_of_keys, array_of_values)'),
      is('MAP_UNION(map1, ...)'),
    ],
  },
  {
    title: 'JSON',
    functions: [
      is('IS JSON [VALUE | SCALAR | ARRAY | OBJECT]', 'IS JSON'),
      differing(
        'JSON_EXISTS(jsonValue, path [... ON ERROR])',
        'of filters in paths: comparisons, =~, &&, ||, ! and existence',
      ),
      is('JSON_STRING(value)'),
      differing(
        'JSON_VALUE(jsonValue, path [RETURNING ...] [... ON EMPTY] [... ON ERROR])',
        'RETURNING DOUBLE takes whole numbers too (Flink fails)',
      ),
      is('JSON_QUERY(jsonValue, path [wrapper] [... ON EMPTY] [... ON ERROR])'),
      is('JSON_OBJECT([[KEY] key VALUE value]* [... ON NULL])'),
      is('JSON_ARRAY([value]* [... ON NULL])'),
      is('JSON(value)'),
      missing('PARSE_JSON(string), TRY_PARSE_JSON(string)', NO_VARIANT),
    ],
  },
  {
    title: 'Value construction and access',
    functions: [
      is('(value1 [, value2]*), ROW(value1, ...)', 'ROW'),
      is("ARRAY '[' value1 [, value2]* ']'", 'ARRAY'),
      is("MAP '[' value1, value2 [, value3, value4]* ']'", 'MAP'),
      construct('tableName.compositeType.field, tableName.compositeType.*', 'the planner'),
      missing('OBJECT_OF(className, key, value, ...), OBJECT_UPDATE(object, key, value, ...)', NO_OBJECT),
    ],
  },
  {
    title: 'Grouping and hashes',
    functions: [
      construct('GROUP_ID(), GROUPING(...), GROUPING_ID(...)', 'GROUP BY GROUPING SETS, ROLLUP and CUBE'),
      ...['MD5', 'SHA1', 'SHA224', 'SHA256', 'SHA384', 'SHA512'].map((name) => is(`${name}(string)`)),
      is('SHA2(string, hashLength)'),
    ],
  },
  {
    title: 'Aggregate',
    functions: [
      is('COUNT(*), COUNT([ALL | DISTINCT] expression, ...)', 'COUNT'),
      ...['AVG', 'SUM', 'MAX', 'MIN', 'STDDEV_POP', 'STDDEV_SAMP', 'VAR_POP', 'VAR_SAMP', 'VARIANCE', 'COLLECT'].map(
        (name) => is(`${name}([ALL | DISTINCT] expression)`),
      ),
      is('STDDEV([ALL | DISTINCT] expression)'),
      is('ARRAY_AGG([ALL | DISTINCT] expression)'),
      is('FIRST_VALUE(expression)'),
      is('LAST_VALUE(expression)'),
      is('LISTAGG(expression [, separator])'),
      is(
        'JSON_OBJECTAGG([KEY] key VALUE value [... ON NULL])',
        'JSON_OBJECTAGG_NULL_ON_NULL',
        'JSON_OBJECTAGG_ABSENT_ON_NULL',
      ),
      is('JSON_ARRAYAGG(items [... ON NULL])', 'JSON_ARRAYAGG_NULL_ON_NULL', 'JSON_ARRAYAGG_ABSENT_ON_NULL'),
      is('PERCENTILE(expr, percentage[, frequency])'),
      is('ROW_NUMBER()'),
      is('LAG(expression [, offset] [, default])'),
      missing('RANK(), DENSE_RANK()', 'ROW_NUMBER(); Flink 2.2 gives ties the number of the last of them'),
      missing('LEAD(expression [, offset] [, default])', BATCH_ONLY),
      missing('NTILE(n), CUME_DIST(), PERCENT_RANK()', BATCH_ONLY),
      missing('APPROX_COUNT_DISTINCT(expression)', `COUNT(DISTINCT expression); ${BATCH_ONLY}`),
      is('SINGLE_VALUE(expression)'),
    ],
  },
  {
    title: 'Catalog and models',
    functions: [is('CURRENT_DATABASE()'), missing('ML_PREDICT(...), ML_EVALUATE(...)', 'models are not there')],
  },
];
