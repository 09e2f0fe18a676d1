import { MAX_LENGTH, type DataType, type Integer, type Value } from '../../values/data-type.ts';
import { bytesOfText } from '../../values/bytes.ts';
import { commonType } from '../../values/common-type.ts';
import {
  array,
  BOOLEAN,
  INT,
  isBytes,
  isInteger,
  isString,
  STRING,
  varchar,
  withNullable,
} from '../../values/types.ts';
import { own, strict, withNulls } from '../define.ts';
import type { ScalarFunction } from '../signature.ts';
import { instr, locate, overlay, pad, repeated, substring, trimEnd, trimStart, wellFormed } from './positions.ts';

const lengthOf = (type: DataType | undefined): number =>
  type !== undefined && 'length' in type ? type.length : MAX_LENGTH;
/** VARCHAR as long as the first text. */
const varying = ([type]: readonly DataType[]): DataType => varchar(lengthOf(type));
const sameText = ([type]: readonly DataType[]): DataType => type!;

function concatenated(types: readonly DataType[]): DataType {
  const length = Math.min(
    MAX_LENGTH,
    types.reduce((sum, type) => sum + lengthOf(type), 0),
  );
  const bytes = isBytes(types[0]!);
  const fixed = types.every(({ kind }) => kind === (bytes ? 'BINARY' : 'CHAR'));
  const kind = bytes ? (fixed ? 'BINARY' : 'VARBINARY') : fixed ? 'CHAR' : 'VARCHAR';
  return { kind, length, nullable: true };
}

const concatOperator: ScalarFunction = {
  name: '||',
  syntax: 'text || text',
  family: 'string',
  nulls: 'strict',
  resolve: (args) => {
    const types = args.map(({ type }) => (type.kind === 'NULL' ? STRING : type));
    if (types.length !== 2 || !(types.every(isString) || types.every(isBytes))) return undefined;
    return {
      result: withNullable(
        concatenated(types),
        args.some(({ type }) => type.nullable),
      ),
      parameters: types,
    };
  },
  evaluate: ([{ type } = { type: STRING }]) =>
    isString(type)
      ? own((a: string, b: string) => a + b)
      : own((a: Uint8Array, b: Uint8Array) => {
          const joined = new Uint8Array(a.length + b.length);
          joined.set(a);
          joined.set(b, a.length);
          return joined;
        }),
  inline: ([a, b], [type]) => (isString(type!) ? `(${a} + ${b})` : undefined),
};

const concatWs: ScalarFunction = {
  name: 'CONCAT_WS',
  syntax: 'CONCAT_WS(separator, text, ...)',
  family: 'string',
  nulls: 'own',
  resolve: (args) => {
    if (args.length < 2 || args.some(({ type }) => !isString(type) && type.kind !== 'NULL')) return undefined;
    return {
      result: withNullable(
        STRING,
        args.some(({ type }) => type.nullable),
      ),
      parameters: args.map(({ type }) => (type.kind === 'NULL' ? STRING : type)),
    };
  },
  evaluate: () =>
    withNulls((separator = null, ...texts) =>
      separator === null ? null : texts.filter((text) => text !== null).join(separator as string),
    ),
};

const trim: ScalarFunction = strict(
  'string',
  'TRIM',
  'TRIM([BOTH | LEADING | TRAILING] [characters FROM] text)',
  { required: ['text'], optional: ['text', 'text'], result: (types) => varchar(lengthOf(types.at(-1))) },
  (kind: string, characters?: string, text?: string) => {
    if (text === undefined) return trimStart(trimEnd(kind, ' '), ' ');
    const front = kind === 'TRAILING' ? text : trimStart(text, characters!);
    return kind === 'LEADING' ? front : trimEnd(front, characters!);
  },
);

/** The nth of texts (or bytes), from 1. */
const elt: ScalarFunction = {
  name: 'ELT',
  syntax: 'ELT(index, value, ...)',
  family: 'string',
  nulls: 'own',
  resolve: ([index, ...values]) => {
    if (index === undefined || !isInteger(index.type) || values.length === 0) return undefined;
    const types = values.map(({ type }) => type);
    const common = commonType(types);
    if (common === undefined || !(isString(common) || isBytes(common))) return undefined;
    return {
      result: withNullable(common, true),
      parameters: [index.type, ...types.map(({ nullable }) => withNullable(common, nullable))],
    };
  },
  evaluate: () =>
    withNulls((index = null, ...values) =>
      index === null || Number(index) < 1 || Number(index) > values.length ? null : values[Number(index) - 1]!,
    ),
};

const affix = (name: 'STARTSWITH' | 'ENDSWITH'): ScalarFunction => ({
  name,
  syntax: `${name}(text, ${name === 'STARTSWITH' ? 'start' : 'end'})`,
  family: 'string',
  nulls: 'strict',
  resolve: (args) => {
    const types = args.map(({ type }) => type);
    const typed = types.filter(({ kind }) => kind !== 'NULL');
    if (types.length !== 2 || !(typed.every(isString) || typed.every(isBytes))) return undefined;
    return {
      result: withNullable(
        BOOLEAN,
        types.some(({ nullable }) => nullable),
      ),
      parameters: types.map((type) => (type.kind === 'NULL' ? withNullable(typed[0] ?? STRING, true) : type)),
    };
  },
  evaluate: ([{ type } = { type: STRING }]) => {
    const method = name === 'STARTSWITH' ? 'startsWith' : 'endsWith';
    if (isString(type)) return own((text: string, part: string) => text[method](part));
    return own((bytes: Uint8Array, part: Uint8Array) => {
      const from = name === 'STARTSWITH' ? 0 : bytes.length - part.length;
      return from >= 0 && part.every((byte, at) => bytes[from + at] === byte);
    });
  },
  inline: ([text, part], [type]) =>
    isString(type!) ? `${text}.${name === 'STARTSWITH' ? 'startsWith' : 'endsWith'}(${part})` : undefined,
});

const hasSurrogates = /[\uD800-\uDFFF]/;
/** In code points. */
export const charLength = (text: string): number => (hasSurrogates.test(text) ? Array.from(text).length : text.length);

function initcap(text: string): string {
  let inWord = false;
  return Array.from(text, (char) => {
    const letter = inWord
      ? /[A-Z]/.test(char)
        ? char.toLowerCase()
        : char
      : /[a-z]/.test(char)
        ? char.toUpperCase()
        : char;
    inWord = /[a-zA-Z0-9]/.test(char);
    return letter;
  }).join('');
}

/** Without characters to replace (NULL too) the text stays; no replacement takes them out. */
function translate(text: Value, from: Value, to: Value): Value {
  if (text === null || from === null || from === '') return text;
  const targets = Array.from((to ?? '') as string);
  const replaced = new Map<string, string>();
  for (const [at, one] of Array.from(from as string).entries())
    if (!replaced.has(one)) replaced.set(one, targets[at] ?? '');
  return Array.from(text as string, (one) => replaced.get(one) ?? one).join('');
}

const char = (code: Integer): string => (code < 0 ? '' : String.fromCharCode(Number(BigInt(code) & 255n)));

const substr = (name: string): ScalarFunction =>
  strict(
    'string',
    name,
    `${name}(text, from[, length])`,
    { required: ['text', 'int'], optional: ['int'], result: varying, nullable: 'always' },
    substring,
  );

const characterLength = (name: string): ScalarFunction =>
  strict('string', name, `${name}(text)`, { required: ['text'], result: INT }, charLength);

/** Splits at each separator; without one into characters. An empty text has no parts. */
export const split = (text: string, separator: string): string[] =>
  text === '' ? [] : separator === '' ? text.split('').map(wellFormed) : text.split(separator);

const splitIndex: ScalarFunction = strict(
  'string',
  'SPLIT_INDEX',
  'SPLIT_INDEX(text, separator, index)',
  { required: ['text', 'any', 'int'], result: STRING, nullable: 'always' },
  (text: string, separator: string | number, index: number): Value => {
    if (index < 0 || text === '') return null;
    const by = typeof separator === 'number' ? String.fromCharCode(separator) : separator;
    // Without a separator Flink splits at white space.
    return by === '' ? (text.split(/\s/)[index] ?? null) : partAt(text, by, index);
  },
);

/** Part `index` of a text that is split at each separator, without making the others. */
function partAt(text: string, separator: string, index: number): string | null {
  let from = 0;
  for (let left = index; left > 0; left--) {
    const at = text.indexOf(separator, from);
    if (at < 0) return null;
    from = at + separator.length;
  }
  const end = text.indexOf(separator, from);
  return end < 0 ? text.slice(from) : text.slice(from, end);
}

export const TEXT: readonly ScalarFunction[] = [
  concatOperator,
  strict(
    'string',
    'CONCAT',
    'CONCAT(text, ...)',
    { required: ['text'], rest: 'text', result: STRING },
    (...texts: string[]) => texts.join(''),
  ),
  concatWs,
  characterLength('CHAR_LENGTH'),
  characterLength('CHARACTER_LENGTH'),
  strict('string', 'UPPER', 'UPPER(text)', { required: ['text'], result: sameText }, (text: string) =>
    text.toUpperCase(),
  ),
  strict(
    'string',
    'LOWER',
    'LOWER(text)',
    { required: ['text'], result: sameText },
    (text: string) => text.toLowerCase(),
    {
      inline: ([text]) => `${text}.toLowerCase()`,
    },
  ),
  strict('string', 'INITCAP', 'INITCAP(text)', { required: ['text'], result: sameText }, initcap),
  trim,
  strict(
    'string',
    'LTRIM',
    'LTRIM(text[, characters])',
    { required: ['text'], optional: ['text'], result: varying },
    (text: string, chars = ' ') => trimStart(text, chars),
  ),
  strict(
    'string',
    'RTRIM',
    'RTRIM(text[, characters])',
    { required: ['text'], optional: ['text'], result: varying },
    (text: string, chars = ' ') => trimEnd(text, chars),
  ),
  strict(
    'string',
    'BTRIM',
    'BTRIM(text[, characters])',
    { required: ['text'], optional: ['text'], result: STRING },
    (text: string, chars = ' ') => trimEnd(trimStart(text, chars), chars),
  ),
  strict('string', 'REPEAT', 'REPEAT(text, count)', { required: ['text', 'int'], result: STRING }, repeated),
  strict(
    'string',
    'REPLACE',
    'REPLACE(text, search, replacement)',
    { required: ['text', 'text', 'text'], result: STRING },
    (text: string, search: string, by: string) => wellFormed(text.replaceAll(search, () => by)),
  ),
  strict(
    'string',
    'OVERLAY',
    'OVERLAY(text PLACING other FROM start [FOR length])',
    {
      required: ['text', 'text', 'int'],
      optional: ['int'],
      result: ([a, b]) => varchar(Math.min(MAX_LENGTH, lengthOf(a) + lengthOf(b))),
    },
    overlay,
  ),
  substr('SUBSTRING'),
  substr('SUBSTR'),
  strict(
    'string',
    'POSITION',
    'POSITION(part IN text)',
    { required: ['text', 'text'], optional: ['int'], result: INT },
    locate,
  ),
  strict(
    'string',
    'LOCATE',
    'LOCATE(part, text[, from])',
    { required: ['text', 'text'], optional: ['int'], result: INT },
    locate,
  ),
  strict(
    'string',
    'INSTR',
    'INSTR(text, part[, from[, nth]])',
    { required: ['text', 'text'], optional: ['int', 'int'], result: INT },
    instr,
  ),
  strict(
    'string',
    'LEFT',
    'LEFT(text, count)',
    { required: ['text', 'int'], result: varying, nullable: 'always' },
    (text: string, count: number) => (count <= 0 ? '' : substring(text, 1, count)),
  ),
  strict(
    'string',
    'RIGHT',
    'RIGHT(text, count)',
    { required: ['text', 'int'], result: varying, nullable: 'always' },
    (text: string, count: number) => (count <= 0 ? '' : Array.from(text).slice(-count).join('')),
  ),
  strict(
    'string',
    'LPAD',
    'LPAD(text, length, padding)',
    { required: ['text', 'int', 'text'], result: STRING },
    (text: string, length: number, by: string) => pad(text, length, by, true),
  ),
  strict(
    'string',
    'RPAD',
    'RPAD(text, length, padding)',
    { required: ['text', 'int', 'text'], result: STRING },
    (text: string, length: number, by: string) => pad(text, length, by, false),
  ),
  strict(
    'string',
    'REVERSE',
    'REVERSE(text)',
    { required: ['text'], result: STRING, nullable: 'always' },
    (text: string) => Array.from(text).toReversed().join(''),
  ),
  {
    name: 'TRANSLATE',
    syntax: 'TRANSLATE(text, from, to)',
    family: 'string',
    nulls: 'own',
    resolve: ([text, ...others]) => {
      if (
        text === undefined ||
        others.length !== 2 ||
        [text, ...others].some(({ type }) => !isString(type) && type.kind !== 'NULL')
      )
        return undefined;
      return {
        result: withNullable(STRING, text.type.nullable),
        parameters: [text, ...others].map(({ type }) => type),
      };
    },
    evaluate: () => withNulls((text = null, from = null, to = null) => translate(text, from, to)),
  },
  // The first byte of its UTF-8, with a sign, as in Flink.
  strict(
    'string',
    'ASCII',
    'ASCII(text)',
    { required: ['text'], result: INT },
    (text: string) => ((bytesOfText(text)[0] ?? 0) << 24) >> 24,
  ),
  strict('string', 'CHR', 'CHR(code)', { required: ['bigint'], result: STRING, nullable: 'always' }, char),
  elt,
  affix('STARTSWITH'),
  affix('ENDSWITH'),
  splitIndex,
  strict('collection', 'SPLIT', 'SPLIT(text, separator)', { required: ['text', 'text'], result: array(STRING) }, split),
];
