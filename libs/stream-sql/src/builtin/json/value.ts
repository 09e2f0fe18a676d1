/** A number as it was written; printed as Java's BigDecimal prints it. */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** JSON as it is read: numbers keep their digits, an object its members by name (a later one of the same name replaces). */
export type Json = null | boolean | string | JsonNumber | readonly Json[] | ReadonlyMap<string, Json>;

const MAX_DEPTH = 1000;

/** Reads the first JSON value of a text and does not look at what follows, as Flink; `undefined` when it is not JSON. */
export function parseJson(text: string): Json | undefined {
  const reader = { text, at: 0 };
  const value = readValue(reader, 0);
  // A number or a word ends at white space, a bracket or a comma.
  return value === undefined || (/[^\s,\]}[{":]/.test(text[reader.at] ?? ' ') && !'"]}'.includes(text[reader.at - 1]!))
    ? undefined
    : value;
}

interface Reader {
  readonly text: string;
  at: number;
}

function skipSpace(reader: Reader): void {
  while (' \t\n\r'.includes(reader.text[reader.at] ?? 'x')) reader.at++;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// What needs no unescaping.
const PLAIN = /[^"\\\u0000-\u001f]*/y;

function readValue(reader: Reader, depth: number): Json | undefined {
  skipSpace(reader);
  const { text } = reader;
  const char = text[reader.at];
  if (char === '"') return readString(reader);
  if (char === '{') return depth > MAX_DEPTH ? undefined : readObject(reader, depth);
  if (char === '[') return depth > MAX_DEPTH ? undefined : readArray(reader, depth);
  for (const [word, value] of WORDS) {
    if (text.startsWith(word, reader.at)) {
      reader.at += word.length;
      return value;
    }
  }
  NUMBER.lastIndex = reader.at;
  const number = NUMBER.exec(text)?.[0];
  if (number === undefined || /\d/.test(text[reader.at + number.length] ?? '')) return undefined;
  reader.at += number.length;
  return new JsonNumber(number);
}

const WORDS: readonly (readonly [string, Json])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

function readString(reader: Reader): string | undefined {
  let value = '';
  reader.at++;
  for (;;) {
    PLAIN.lastIndex = reader.at;
    const plain = PLAIN.exec(reader.text)![0];
    value += plain;
    reader.at += plain.length;
    const char = reader.text[reader.at++];
    if (char === '"') return value;
    if (char !== '\\') return undefined;
    const escape = reader.text[reader.at++] ?? '';
    if (escape === 'u') {
      const digits = reader.text.slice(reader.at, reader.at + 4);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) return undefined;
      value += String.fromCharCode(Number.parseInt(digits, 16));
      reader.at += 4;
    } else if (ESCAPES[escape] === undefined) return undefined;
    else value += ESCAPES[escape];
  }
}

function readArray(reader: Reader, depth: number): Json | undefined {
  const items: Json[] = [];
  reader.at++;
  skipSpace(reader);
  if (reader.text[reader.at] === ']') {
    reader.at++;
    return items;
  }
  for (;;) {
    const value = readValue(reader, depth + 1);
    if (value === undefined) return undefined;
    items.push(value);
    skipSpace(reader);
    const char = reader.text[reader.at++];
    if (char === ']') return items;
    if (char !== ',') return undefined;
  }
}

function readObject(reader: Reader, depth: number): Json | undefined {
  const members = new Map<string, Json>();
  reader.at++;
  skipSpace(reader);
  if (reader.text[reader.at] === '}') {
    reader.at++;
    return members;
  }
  for (;;) {
    skipSpace(reader);
    const name = reader.text[reader.at] === '"' ? readString(reader) : undefined;
    skipSpace(reader);
    if (name === undefined || reader.text[reader.at++] !== ':') return undefined;
    const value = readValue(reader, depth + 1);
    if (value === undefined) return undefined;
    members.set(name, value);
    skipSpace(reader);
    const char = reader.text[reader.at++];
    if (char === '}') return members;
    if (char !== ',') return undefined;
  }
}

export const isScalar = (value: Json): boolean =>
  value === null || typeof value !== 'object' || value instanceof JsonNumber;
export const isJsonArray = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
export const isJsonObject = (value: Json | undefined): value is ReadonlyMap<string, Json> => value instanceof Map;

/** Java's BigDecimal.toString: an exponent only where the scale is below 0 or the number below 10^-6. Whole numbers stay as they are. */
export function numberText({ text }: JsonNumber): string {
  if (!/[.eE]/.test(text)) return text;
  const [mantissa = '', exponent = '0'] = text.split(/[eE]/);
  const negative = mantissa.startsWith('-');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = (whole + fraction).replace(/^0+(?=\d)/, '');
  const scale = fraction.length - Number(exponent);
  const sign = negative && /[1-9]/.test(digits) ? '-' : '';
  const adjusted = digits.length - 1 - scale;
  if (scale >= 0 && adjusted >= -6) {
    if (scale === 0) return sign + digits;
    const padded = digits.padStart(scale + 1, '0');
    return `${sign}${padded.slice(0, padded.length - scale)}.${padded.slice(padded.length - scale)}`;
  }
  const rest = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${sign}${digits[0]}${rest}E${adjusted < 0 ? '' : '+'}${adjusted}`;
}

/** As Jackson writes a string. */
export const quoted = (text: string): string =>
  `"${text.replaceAll(/["\\\u0000-\u001f]/g, (char) => SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`)}"`;

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** Without spaces, members in the order of their names, as Flink prints JSON. */
export function printJson(value: Json): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return quoted(value);
  if (value instanceof JsonNumber) return numberText(value);
  if (isJsonArray(value)) return `[${value.map(printJson).join(',')}]`;
  if (isJsonObject(value)) {
    const members = [...value].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${members.map(([name, of]) => `${quoted(name)}:${printJson(of)}`).join(',')}}`;
  }
  return String(value);
}
