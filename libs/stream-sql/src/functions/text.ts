import { isInteger, isString, simple, string, type DataType } from '../types/data-type.ts';
import { anyNullable, EvaluationError, strict, type Resolution, type ScalarFunction } from './signature.ts';

const INT = simple('INT');
type Shape = readonly ('text' | 'int')[];

/** Takes exactly one of these shapes. */
function shaped(shapes: readonly Shape[], result: (nullable: boolean) => DataType) {
  return (args: readonly DataType[]): Resolution | undefined => {
    const shape = shapes.find(
      (candidate) =>
        candidate.length === args.length &&
        candidate.every(
          (kind, i) => args[i]!.kind === 'NULL' || (kind === 'text' ? isString(args[i]!) : isInteger(args[i]!)),
        ),
    );
    return shape === undefined
      ? undefined
      : { result: result(anyNullable(args)), parameters: shape.map((kind) => (kind === 'text' ? string() : INT)) };
  };
}

const text = (
  name: string,
  syntax: string,
  shapes: readonly Shape[],
  compute: (...values: never[]) => string | number | null,
  result: (nullable: boolean) => DataType = string,
): ScalarFunction => ({
  name,
  syntax,
  resolve: shaped(shapes, result),
  compile: (args) => strict(args, compute as (...values: unknown[]) => string | number | null),
});

const int = (nullable: boolean): DataType => simple('INT', nullable);

/** Strings count in characters (code points), as Flink's do. */
const characters = (value: string): string[] => Array.from(value);
const isPlain = (value: string): boolean => !/[\ud800-\udfff]/.test(value);

/** From 1; negative positions count from the end, 0 is as 1. Source: Flink's BinaryStringData.substringSQL. */
function substring(value: string, position: number, length = Number.POSITIVE_INFINITY): string {
  if (length < 0) return '';
  const chars: ArrayLike<string> & { slice(a: number, b?: number): string | string[] } = isPlain(value)
    ? value
    : characters(value);
  const size = chars.length;
  if (position > size) return '';
  let start = position > 0 ? position - 1 : position < 0 ? size + position : 0;
  let end = length === Number.POSITIVE_INFINITY ? size : Math.min(start + length, size);
  if (start < 0) {
    start = 0;
    if (end < 0) end = 0;
  }
  if (start >= end) return '';
  const part = chars.slice(start, end);
  return typeof part === 'string' ? part : part.join('');
}

const edges = (value: string, set: string, left: boolean, right: boolean): string => {
  const chars = characters(value);
  const cut = new Set(characters(set));
  let from = 0;
  let to = chars.length;
  while (left && from < to && cut.has(chars[from]!)) from++;
  while (right && to > from && cut.has(chars[to - 1]!)) to--;
  return chars.slice(from, to).join('');
};

const like = (negatedName: string): ScalarFunction => ({
  name: negatedName,
  syntax: "text LIKE 'pattern' [ESCAPE 'c']",
  resolve: shaped(
    [
      ['text', 'text'],
      ['text', 'text', 'text'],
    ],
    (nullable) => simple('BOOLEAN', nullable),
  ),
  compile: (args) => {
    let last: { pattern: string; escape: string | undefined; regex: RegExp } | undefined;
    return strict(args, (value, pattern, escape) => {
      if (last === undefined || last.pattern !== pattern || last.escape !== escape) {
        last = {
          pattern: pattern as string,
          escape: escape as string | undefined,
          regex: likePattern(pattern as string, escape as string | undefined),
        };
      }
      return last.regex.test(value as string);
    });
  },
});

/** The regular expression of a LIKE pattern: % any text, _ one character; without ESCAPE there is no escape character. */
export function likePattern(pattern: string, escape?: string): RegExp {
  if (escape !== undefined && characters(escape).length !== 1)
    throw new EvaluationError('invalid-escape', `ESCAPE '${escape}' must be one character`);
  let source = '';
  const chars = characters(pattern);
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i]!;
    if (char === escape) {
      const next = chars[++i];
      if (next !== '%' && next !== '_' && next !== escape)
        throw new EvaluationError(
          'invalid-escape',
          `in the pattern '${pattern}' the escape character must stand before %, _ or itself`,
        );
      source += quoted(next);
    } else source += char === '%' ? '.*' : char === '_' ? '.' : quoted(char);
  }
  return new RegExp(`^${source}$`, 'su');
}

const quoted = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');

const charLength = (value: string): number => (isPlain(value) ? value.length : characters(value).length);
const sub = (value: string, position: number, length?: number): string => substring(value, position, length);
const SUBSTRING_SHAPES: readonly Shape[] = [
  ['text', 'int'],
  ['text', 'int', 'int'],
];
const TRIM_SHAPES: readonly Shape[] = [['text'], ['text', 'text']];

const concat: ScalarFunction = {
  name: 'CONCAT',
  syntax: 'CONCAT(text, ...)',
  resolve: (args) =>
    args.length > 0 && args.every((type) => isString(type) || type.kind === 'NULL')
      ? { result: string(anyNullable(args)), parameters: args.map(() => string()) }
      : undefined,
  compile: (args) => strict(args, (...values) => values.join('')),
};

export const TEXT: readonly ScalarFunction[] = [
  { ...concat, name: '||', syntax: 'text || text' },
  concat,
  like('LIKE'),
  text('UPPER', 'UPPER(text)', [['text']], (value: string) => value.toUpperCase()),
  text('LOWER', 'LOWER(text)', [['text']], (value: string) => value.toLowerCase()),
  text('CHAR_LENGTH', 'CHAR_LENGTH(text)', [['text']], charLength, int),
  text('CHARACTER_LENGTH', 'CHARACTER_LENGTH(text)', [['text']], charLength, int),
  text('SUBSTRING', 'SUBSTRING(text FROM position [FOR length])', SUBSTRING_SHAPES, sub),
  text('SUBSTR', 'SUBSTR(text, position [, length])', SUBSTRING_SHAPES, sub),
  text('LEFT', 'LEFT(text, length)', [['text', 'int']], (value: string, length: number) => substring(value, 1, length)),
  text('RIGHT', 'RIGHT(text, length)', [['text', 'int']], (value: string, length: number) =>
    length <= 0 ? '' : characters(value).slice(-length).join(''),
  ),
  text('TRIM', 'TRIM([BOTH characters FROM] text)', TRIM_SHAPES, (value: string, set = ' ') =>
    edges(value, set, true, true),
  ),
  text('LTRIM', 'LTRIM(text [, characters])', TRIM_SHAPES, (value: string, set = ' ') =>
    edges(value, set, true, false),
  ),
  text('RTRIM', 'RTRIM(text [, characters])', TRIM_SHAPES, (value: string, set = ' ') =>
    edges(value, set, false, true),
  ),
  text('REPLACE', 'REPLACE(text, part, by)', [['text', 'text', 'text']], (value: string, part: string, by: string) =>
    part === '' ? value : value.replaceAll(part, () => by),
  ),
  text(
    'POSITION',
    'POSITION(part IN text)',
    [['text', 'text']],
    (part: string, value: string) => {
      const at = value.indexOf(part);
      return at < 0 ? 0 : charLength(value.slice(0, at)) + 1;
    },
    int,
  ),
];
