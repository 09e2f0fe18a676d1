import { hash as hashOf } from 'node:crypto';
import { bytesOfHex, bytesOfText, hexOfBytes, textOfBytes } from '../../values/bytes.ts';
import type { Integer, Value } from '../../values/data-type.ts';
import { BYTES, char, isInteger, isString, STRING, varchar, withNullable } from '../../values/types.ts';
import { own, strict } from '../define.ts';
import { EvaluationError, type ScalarFunction } from '../signature.ts';

const hex: ScalarFunction = {
  name: 'HEX',
  syntax: 'HEX(integer) or HEX(text)',
  family: 'arithmetic',
  nulls: 'strict',
  resolve: ([argument, ...others]) =>
    argument !== undefined && others.length === 0 && (isInteger(argument.type) || isString(argument.type))
      ? { result: withNullable(STRING, argument.type.nullable), parameters: [argument.type] }
      : undefined,
  evaluate: ([argument]) =>
    isString(argument!.type)
      ? own((text: string) => hexOfBytes(bytesOfText(text)).toUpperCase())
      : own((value: Integer) => BigInt.asUintN(64, BigInt(value)).toString(16).toUpperCase()),
};

/** Of an odd number of digits Flink drops the first and puts a zero byte in its place. */
function unhex(text: string): Value {
  if (!/^[0-9a-fA-F]*$/.test(text)) return null;
  return bytesOfHex(text.length % 2 === 0 ? text : `00${text.slice(1)}`);
}

function fromBase64(text: string): Value {
  if (
    !/^[A-Za-z0-9+/]*={0,2}$/.test(text) ||
    text.replace(/=+$/, '').length % 4 === 1 ||
    (text.includes('=') && text.length % 4 !== 0)
  )
    throw new EvaluationError('bad-base64', `'${text.slice(0, 100)}' is not base64`);
  return textOfBytes(Buffer.from(text, 'base64'));
}

type Charset = 'US-ASCII' | 'ISO-8859-1' | 'UTF-8' | 'UTF-16' | 'UTF-16BE' | 'UTF-16LE';
const CHARSETS: ReadonlySet<string> = new Set(['US-ASCII', 'ISO-8859-1', 'UTF-8', 'UTF-16', 'UTF-16BE', 'UTF-16LE']);

function charsetOf(name: string): Charset {
  const upper = name.toUpperCase();
  if (!CHARSETS.has(upper))
    throw new EvaluationError('bad-charset', `${name} is no character set: ${[...CHARSETS].join(', ')}`);
  return upper as Charset;
}

function encode(text: string, name: string): Uint8Array {
  const charset = charsetOf(name);
  if (charset === 'UTF-8') return bytesOfText(text);
  if (charset === 'US-ASCII' || charset === 'ISO-8859-1') {
    const last = charset === 'US-ASCII' ? 0x7f : 0xff;
    return Uint8Array.from(Array.from(text), (point) => (point.codePointAt(0)! > last ? 0x3f : point.codePointAt(0)!));
  }
  const little = Buffer.from(text, 'utf16le');
  if (charset === 'UTF-16LE') return new Uint8Array(little);
  const big = new Uint8Array(little.swap16());
  return charset === 'UTF-16BE' ? big : Uint8Array.from([0xfe, 0xff, ...big]);
}

function decode(bytes: Uint8Array, name: string): string {
  const charset = charsetOf(name);
  if (charset === 'UTF-8') return textOfBytes(bytes);
  if (charset === 'US-ASCII')
    return Array.from(bytes, (byte) => (byte > 0x7f ? '�' : String.fromCharCode(byte))).join('');
  if (charset === 'ISO-8859-1') return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const marked =
    charset === 'UTF-16'
      ? bytes[0] === 0xff && bytes[1] === 0xfe
        ? 'le'
        : bytes[0] === 0xfe && bytes[1] === 0xff
          ? 'be'
          : ''
      : '';
  const content = Buffer.from(marked === '' ? bytes : bytes.slice(2));
  const isLittle = charset === 'UTF-16LE' || marked === 'le';
  const even = content.subarray(0, content.length - (content.length % 2));
  return (isLittle ? even : even.swap16()).toString('utf16le') + (content.length % 2 === 1 ? '�' : '');
}

const digest = (algorithm: string, text: string): string =>
  hashOf(algorithm, text.isWellFormed() ? text : bytesOfText(text), 'hex');

const hash = (name: string, algorithm: string, length: number): ScalarFunction =>
  strict('hash', name, `${name}(text)`, { required: ['text'], result: char(length) }, (text: string) =>
    digest(algorithm, text),
  );

const sha2: ScalarFunction = strict(
  'hash',
  'SHA2',
  'SHA2(text, 224 | 256 | 384 | 512)',
  { required: ['text', 'int'], result: varchar(128) },
  (text: string, bits: number) => {
    if (![224, 256, 384, 512].includes(bits))
      throw new EvaluationError('bad-hash-length', `SHA2 has 224, 256, 384 and 512 bits, not ${bits}`);
    return digest(`sha${bits}`, text);
  },
);

export const ENCODING: readonly ScalarFunction[] = [
  hex,
  strict('arithmetic', 'UNHEX', 'UNHEX(text)', { required: ['text'], result: BYTES, nullable: 'always' }, unhex),
  strict('string', 'FROM_BASE64', 'FROM_BASE64(text)', { required: ['text'], result: STRING }, fromBase64),
  strict('string', 'TO_BASE64', 'TO_BASE64(text)', { required: ['text'], result: STRING }, (text: string) =>
    Buffer.from(bytesOfText(text)).toString('base64'),
  ),
  strict('string', 'ENCODE', 'ENCODE(text, charset)', { required: ['text', 'text'], result: BYTES }, encode),
  strict('string', 'DECODE', 'DECODE(bytes, charset)', { required: ['bytes', 'text'], result: STRING }, decode),
  hash('MD5', 'md5', 32),
  hash('SHA1', 'sha1', 40),
  hash('SHA224', 'sha224', 56),
  hash('SHA256', 'sha256', 64),
  hash('SHA384', 'sha384', 96),
  hash('SHA512', 'sha512', 128),
  sha2,
];
