import type { DataType, Value } from '../../values/data-type.ts';
import { array, BOOLEAN, DOUBLE, INT, isString, simple, STRING, withNullable } from '../../values/types.ts';
import { withNulls } from '../define.ts';
import { EvaluationError, type Argument, type ScalarFunction } from '../signature.ts';
import { jsonPath, select, type JsonPath } from './path.ts';
import { isJsonArray, isScalar, JsonNumber, numberText, parseJson, printJson, type Json } from './value.ts';

/**
 * A text or a truth value at a path of names and positions, read by JavaScript's own JSON.parse, which is several times as fast; `undefined` for all
 * else: numbers, whose digits it loses, nothing, and texts that it does not take.
 */
function quickly(text: string, { steps, isIndefinite }: JsonPath): string | boolean | undefined {
  if (isIndefinite) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  for (const step of steps) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (
      step.kind === 'names' &&
      step.names.length === 1 &&
      !Array.isArray(value) &&
      Object.hasOwn(value, step.names[0]!)
    )
      value = (value as Record<string, unknown>)[step.names[0]!];
    else if (step.kind === 'positions' && Array.isArray(value)) value = value.at(step.positions[0]!);
    else return undefined;
  }
  return typeof value === 'string' || typeof value === 'boolean' ? value : undefined;
}

/** What a path finds in a text: a value, nothing, or an error. Source: Calcite's JsonFunctions. */
type Found =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'empty' }
  | { readonly kind: 'error'; readonly message: string };

function find(text: string, path: JsonPath): Found {
  const quick = quickly(text, path);
  if (quick !== undefined) return { kind: 'value', value: quick };
  const root = parseJson(text);
  // A lax path takes what is wrong for what is not there.
  const missing = (message: string): Found => (path.mode === 'lax' ? { kind: 'empty' } : { kind: 'error', message });
  if (root === undefined) return missing('the text is not JSON');
  const value = select(root, path.steps, path.isIndefinite);
  return value === undefined ? missing('the path leads nowhere') : { kind: 'value', value };
}

const literal = (argument: Argument | undefined): string =>
  typeof argument?.literal === 'string' ? argument.literal : '';
const isText = ({ type }: Argument): boolean => isString(type) || type.kind === 'NULL';
const fail = (name: string, what: string): never => {
  throw new EvaluationError('json-path', `${name}: ${what}`);
};
/** The fixed symbols behind input and path stay as they are. */
const asGiven = (args: readonly Argument[]): DataType[] =>
  args.map(({ type }, at) => (at < 2 && type.kind === 'NULL' ? STRING : type));

const RETURNING: Readonly<Record<string, DataType>> = { STRING, BOOLEAN, INTEGER: INT, INT, DOUBLE };

/** (input, path, returning, onEmpty, emptyDefault, onError, errorDefault) */
const jsonValue: ScalarFunction = {
  name: 'JSON_VALUE',
  syntax: 'JSON_VALUE(json, path [RETURNING type] [NULL | ERROR | DEFAULT value ON EMPTY] [... ON ERROR])',
  family: 'json',
  nulls: 'own',
  resolve: (args) => {
    const [input, path, returning, , emptyDefault, , errorDefault] = args;
    if (args.length !== 7 || !isText(input!) || !isText(path!)) return undefined;
    const result = RETURNING[literal(returning)];
    if (result === undefined) return 'JSON_VALUE returns STRING, BOOLEAN, INTEGER or DOUBLE';
    const parameters = asGiven(args);
    for (const [at, argument] of [
      [4, emptyDefault],
      [6, errorDefault],
    ] as const)
      // A default TRUE is the text true, not what a CAST makes of it.
      parameters[at] =
        argument!.type.kind === 'BOOLEAN' ? argument!.type : withNullable(result, argument!.type.nullable);
    return { result: withNullable(result, true), parameters };
  },
  evaluate: (args, result) => {
    const [onEmpty, onError] = [literal(args[3]), literal(args[5])];
    const convert = scalarOf(result);
    const asDefault = (value: Value): Value => (typeof value === 'boolean' && isString(result) ? String(value) : value);
    return withNulls(
      (input = null, pathText = null, _returning, _onEmpty, emptyDefault = null, _onError, errorDefault = null) => {
        if (input === null || pathText === null) return null;
        const path = jsonPath(pathText as string);
        const found: Found =
          path === undefined ? { kind: 'error', message: 'the path cannot be read' } : find(input as string, path);
        const isLax = path?.mode === 'lax';
        if (found.kind === 'value' && found.value === null && !isLax) return null;
        const isEmpty =
          found.kind === 'empty' ||
          (found.kind === 'value' && isLax && (found.value === null || !isScalar(found.value)));
        if (isEmpty) {
          if (onEmpty === 'ERROR') fail('JSON_VALUE', 'the path leads nowhere');
          return onEmpty === 'DEFAULT' ? asDefault(emptyDefault) : null;
        }
        if (found.kind === 'value' && isScalar(found.value)) return convert(found.value);
        if (onError === 'ERROR') fail('JSON_VALUE', found.kind === 'error' ? found.message : 'the value is no scalar');
        return onError === 'DEFAULT' ? asDefault(errorDefault) : null;
      },
    );
  },
};

/** Flink casts what JSON gave to what the type is in Java and fails for another; so a JSON integer is no DOUBLE. Whole numbers are taken here. */
function scalarOf(result: DataType): (value: Json) => Value {
  const wrong = (value: Json): never => fail('JSON_VALUE', `${printJson(value)} is no ${result.kind}`);
  switch (result.kind) {
    case 'BOOLEAN':
      return (value) => (typeof value === 'boolean' ? value : wrong(value));
    case 'INT':
      return (value) =>
        value instanceof JsonNumber && /^-?\d+$/.test(value.text) && Math.abs(Number(value.text)) <= 2_147_483_648
          ? Number(value.text)
          : wrong(value);
    case 'DOUBLE':
      return (value) => (value instanceof JsonNumber ? Number(value.text) : wrong(value));
    default:
      return (value) => (value instanceof JsonNumber ? numberText(value) : String(value));
  }
}

/** (input, path, returning, wrapper, onEmpty, onError) */
const jsonQuery: ScalarFunction = {
  name: 'JSON_QUERY',
  syntax: 'JSON_QUERY(json, path [RETURNING type] [wrapper] [behaviour ON EMPTY] [behaviour ON ERROR])',
  family: 'json',
  nulls: 'own',
  resolve: (args) => {
    const [input, path, returning] = args;
    if (args.length !== 6 || !isText(input!) || !isText(path!)) return undefined;
    const result = literal(returning) === 'ARRAY' ? array(STRING) : STRING;
    return { result: withNullable(result, true), parameters: asGiven(args) };
  },
  evaluate: (args, result) => {
    const [wrapper, onEmpty, onError] = [literal(args[3]), literal(args[4]), literal(args[5])];
    const asArray = result.kind === 'ARRAY';
    const instead = (behaviour: string, what: string): Value => {
      if (behaviour === 'ERROR') return fail('JSON_QUERY', what);
      if (behaviour === 'EMPTY ARRAY') return asArray ? [] : '[]';
      if (behaviour === 'EMPTY OBJECT') return asArray ? fail('JSON_QUERY', 'an empty object is no ARRAY') : '{}';
      return null;
    };
    const wrapped = (value: Json): Json =>
      wrapper === 'UNCONDITIONAL' || (wrapper === 'CONDITIONAL' && !isJsonArray(value)) ? [value] : value;
    return withNulls((input = null, pathText = null) => {
      if (input === null || pathText === null) return null;
      const path = jsonPath(pathText as string);
      const found: Found =
        path === undefined ? { kind: 'error', message: 'the path cannot be read' } : find(input as string, path);
      if (found.kind === 'error') return instead(onError, found.message);
      const isLax = path!.mode === 'lax';
      const value = found.kind === 'value' && found.value !== null ? wrapped(found.value) : null;
      if (value === null && (isLax || found.kind === 'value')) return instead(onEmpty, 'the path leads nowhere');
      if (value === null || isScalar(value) || (asArray && !isJsonArray(value)))
        return isLax
          ? instead(onEmpty, 'the value is no array or object')
          : instead(onError, 'the value is no array or object');
      return asArray && isJsonArray(value) ? value.map(elementText) : printJson(value);
    });
  },
};

const elementText = (value: Json): Value =>
  value === null
    ? null
    : value instanceof JsonNumber
      ? numberText(value)
      : isScalar(value)
        ? String(value)
        : printJson(value);

/** (input, path[, onError]) */
const jsonExists: ScalarFunction = {
  name: 'JSON_EXISTS',
  syntax: 'JSON_EXISTS(json, path [TRUE | FALSE | UNKNOWN | ERROR ON ERROR])',
  family: 'json',
  nulls: 'own',
  resolve: (args) => {
    const [input, path] = args;
    if (args.length < 2 || args.length > 3 || !isText(input!) || !isText(path!)) return undefined;
    return { result: withNullable(BOOLEAN, true), parameters: asGiven(args) };
  },
  evaluate: (args) => {
    const onError = args.length < 3 ? 'FALSE' : literal(args[2]);
    return withNulls((input = null, pathText = null) => {
      if (input === null || pathText === null) return null;
      const path = jsonPath(pathText as string);
      const found: Found =
        path === undefined ? { kind: 'error', message: 'the path cannot be read' } : find(input as string, path);
      if (found.kind === 'value') return found.value !== null;
      if (found.kind === 'empty') return false;
      if (onError === 'ERROR') fail('JSON_EXISTS', found.message);
      return onError === 'UNKNOWN' ? null : onError === 'TRUE';
    });
  },
};

const isJson: ScalarFunction = {
  name: 'IS JSON',
  syntax: 'text IS JSON [VALUE | SCALAR | ARRAY | OBJECT]',
  family: 'json',
  nulls: 'own',
  resolve: (args) => {
    const [text] = args;
    if (text === undefined || args.length > 2 || !isText(text)) return undefined;
    return {
      result: simple('BOOLEAN', false),
      parameters: args.map(({ type }) => (type.kind === 'NULL' ? STRING : type)),
    };
  },
  evaluate: (args) => {
    const kind = literal(args[1]) || 'VALUE';
    return withNulls((text = null) => {
      const value = text === null ? undefined : parseJson(text as string);
      if (value === undefined) return false;
      if (kind === 'VALUE') return true;
      if (kind === 'ARRAY') return isJsonArray(value);
      return kind === 'SCALAR' ? isScalar(value) : !isScalar(value) && !isJsonArray(value);
    });
  },
};

export const JSON_QUERIES: readonly ScalarFunction[] = [isJson, jsonExists, jsonValue, jsonQuery];
