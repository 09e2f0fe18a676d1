import type { DataType, Integer, Row, Value } from '../../values/data-type.ts';
import { formatDecimal } from '../../values/decimal.ts';
import { javaDouble } from '../../values/java-double.ts';
import { formatTimestamp } from '../../values/time-text.ts';
import { isString, isTimestamp, STRING, withNullable } from '../../values/types.ts';
import { typeName } from '../../values/type-name.ts';
import { strict, withNulls } from '../define.ts';
import { EvaluationError, type Argument, type ScalarFunction } from '../signature.ts';
import { wellFormed } from '../text/positions.ts';
import { JsonNumber, parseJson, printJson, type Json } from './value.ts';

/** Why values of a type cannot be JSON; `undefined` when they can. Times of day, days and intervals cannot, as in Flink. */
export function jsonProblem(type: DataType): string | undefined {
  switch (type.kind) {
    case 'DATE':
    case 'TIME':
    case 'INTERVAL_MS':
    case 'INTERVAL_MONTHS':
    case 'MULTISET':
      return `${typeName(type)} cannot be made JSON: CAST it to STRING`;
    case 'ARRAY':
      return jsonProblem(type.element);
    case 'MAP':
      return isString(type.key) ? jsonProblem(type.value) : 'the keys of a MAP that becomes JSON are text';
    case 'ROW':
      return type.fields.map((field) => jsonProblem(field.type)).find((problem) => problem !== undefined);
    default:
      return undefined;
  }
}

/** How values of a type become JSON. */
export function jsonOf(type: DataType): (value: Value) => Json {
  const of = present(type);
  return (value) => (value === null ? null : of(value));
}

function present(type: DataType): (value: Exclude<Value, null>) => Json {
  switch (type.kind) {
    case 'BOOLEAN':
      return (value) => value as boolean;
    case 'FLOAT':
    case 'DOUBLE':
      return (value) =>
        Number.isFinite(value as number) ? new JsonNumber(javaDouble(value as number)) : String(value);
    case 'DECIMAL':
      return (value) => new JsonNumber(formatDecimal(value as Integer, type.scale));
    case 'CHAR':
    case 'VARCHAR':
      return (value) => value as string;
    case 'BINARY':
    case 'VARBINARY':
      return (value) => Buffer.from(value as Uint8Array).toString('base64');
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ': {
      const end = type.kind === 'TIMESTAMP' ? '' : 'Z';
      return (value) => `${isoText(value as Integer, isTimestamp(type) ? type.precision : 3)}${end}`;
    }
    case 'ARRAY': {
      const element = jsonOf(type.element);
      return (value) => (value as Row).map(element);
    }
    case 'MAP': {
      const of = jsonOf(type.value);
      return (value) =>
        new Map([...(value as ReadonlyMap<Value, Value>)].map(([key, entry]) => [String(key), of(entry)]));
    }
    case 'ROW': {
      const fields = type.fields.map((field) => [field.name, jsonOf(field.type)] as const);
      return (value) => new Map(fields.map(([name, of], at) => [name, of((value as Row)[at]!)]));
    }
    default:
      return (value) => new JsonNumber(String(value));
  }
}

/** `2020-01-02T03:04:05.12`: seconds always, zeros at the end never. */
const isoText = (value: Integer, precision: number): string =>
  formatTimestamp(value, precision)
    .replace(' ', 'T')
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');

/** Values that are calls of JSON functions go in as JSON: (onNull, raw, ...). */
function elements(
  args: readonly Argument[],
  step: 1 | 2,
): { of: (values: readonly Value[]) => [Value, Json][]; onNull: string } {
  const [onNull, raw, ...rest] = args;
  const positions = new Set(
    String(raw!.literal ?? '')
      .split(',')
      .filter((text) => text !== '')
      .map(Number),
  );
  const convert = rest
    .filter((_, at) => at % step === step - 1)
    .map(({ type }, at) => (positions.has(at) ? rawJson : jsonOf(type)));
  return {
    onNull: String(onNull!.literal ?? ''),
    of: (values) =>
      convert.map((one, at) => [values[2 + at * step]!, one(values[2 + at * step + step - 1]!)] as [Value, Json]),
  };
}

const rawJson = (value: Value): Json => (value === null ? null : (parseJson(value as string) ?? (value as string)));

const constructor = (
  name: string,
  syntax: string,
  step: 1 | 2,
  build: (entries: readonly [Value, Json][]) => Json,
): ScalarFunction => ({
  name,
  syntax,
  family: 'json',
  nulls: 'own',
  resolve: (args) => {
    const [onNull, raw, ...rest] = args;
    if (typeof onNull?.literal !== 'string' || typeof raw?.literal !== 'string' || rest.length % step !== 0)
      return undefined;
    const keys = step === 2 ? rest.filter((_, at) => at % 2 === 0) : [];
    if (keys.some(({ type }) => !isString(type))) return undefined;
    const values = rest.filter((_, at) => at % step === step - 1);
    const problem = values.map(({ type }) => jsonProblem(type)).find((found) => found !== undefined);
    return problem ?? { result: withNullable(STRING, false), parameters: args.map(({ type }) => type) };
  },
  evaluate: (args) => {
    const { of, onNull } = elements(args, step);
    return withNulls((...values) => {
      const entries = of(values).filter(([, value]) => value !== null || onNull === 'NULL');
      return printJson(build(entries));
    });
  },
});

const jsonString: ScalarFunction = {
  name: 'JSON_STRING',
  syntax: 'JSON_STRING(value)',
  family: 'json',
  nulls: 'strict',
  resolve: ([argument, ...others]) => {
    if (argument === undefined || others.length > 0) return undefined;
    return (
      jsonProblem(argument.type) ?? {
        result: withNullable(STRING, argument.type.nullable),
        parameters: [argument.type],
      }
    );
  },
  evaluate: ([argument]) => {
    const json = jsonOf(argument!.type);
    return (value) => printJson(json(value));
  },
};

/** A text of JSON as it stands in JSON_OBJECT and JSON_ARRAY. */
const json: ScalarFunction = strict(
  'json',
  'JSON',
  'JSON(text)',
  { required: ['text'], result: STRING },
  (text: string) => {
    const value = parseJson(text);
    if (value === undefined) throw new EvaluationError('bad-json', 'the text of JSON(...) is not JSON');
    return printJson(value);
  },
);

const QUOTE: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** As Flink: the slash too, other control characters not, and what is past ASCII by its UTF-16 units, the first of a pair by its code point. */
function jsonQuote(text: string): string {
  let inside = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    inside += QUOTE[char] ?? (char > '\u007e' ? `\\u${text.codePointAt(at)!.toString(16).padStart(4, '0')}` : char);
  }
  return `"${inside}"`;
}

/** A text without quotes around it, or with an escape that is none, stays as it is; quotes within need no escape. */
function jsonUnquote(text: string): string {
  const inside = /^"((?:[^\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*)"$/s.exec(text)?.[1];
  if (inside === undefined) return text;
  const value = parseJson(
    `"${inside.replaceAll(/\\.|["\u0000-\u001f]/gs, (part) => (part.length === 2 ? part : part === '"' ? '\\"' : `\\u${part.charCodeAt(0).toString(16).padStart(4, '0')}`))}"`,
  );
  return typeof value === 'string' ? wellFormed(value) : text;
}

export const JSON_CONSTRUCTION: readonly ScalarFunction[] = [
  constructor(
    'JSON_OBJECT',
    'JSON_OBJECT([KEY] key VALUE value, ... [NULL | ABSENT ON NULL])',
    2,
    (entries) => new Map(entries.map(([key, value]) => [String(key), value])),
  ),
  constructor('JSON_ARRAY', 'JSON_ARRAY(value, ... [NULL | ABSENT ON NULL])', 1, (entries) =>
    entries.map(([, value]) => value),
  ),
  jsonString,
  json,
  strict('string', 'JSON_QUOTE', 'JSON_QUOTE(text)', { required: ['text'], result: STRING }, jsonQuote),
  strict('string', 'JSON_UNQUOTE', 'JSON_UNQUOTE(text)', { required: ['text'], result: STRING }, jsonUnquote),
];
