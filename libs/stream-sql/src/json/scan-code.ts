import { Buffer } from 'node:buffer';
import type { Bytes, JsonColumn } from './json-columns.ts';
import type { JsonShape } from './json-shape.ts';

/**
 * Reads records `from` to `to` of a batch into the columns, the first one at `row`, and stops at the first that it cannot read: answers how many it has
 * read. Nothing of the record where it stopped counts.
 */
export type Scan = (
  bytes: Bytes,
  view: DataView,
  starts: Int32Array,
  ends: Int32Array,
  from: number,
  to: number,
  row: number,
  records: Int32Array,
) => number;

/** What generated code calls; each answers where the value ends, or -1. */
export interface ScanCalls {
  /** Skips a value of any kind, checking it. */
  readonly skip: (bytes: Bytes, view: DataView, at: number) => number;
  /** The end of the plain text that begins at `at`. */
  readonly plainEnd: (bytes: Bytes, view: DataView, at: number) => number;
  /** Reads the value at `at` into row `row` of column `column` in the general way. */
  readonly general: (bytes: Bytes, at: number, column: number, row: number) => number;
  /** Finds the end of the rest of a string that begins with a byte that is not ASCII, or -1. */
  readonly utf8End: (bytes: Bytes, at: number) => number;
}

export interface GeneratedScan {
  readonly source: string;
  /** The columns that the code reads into, by the number by which it names them. */
  readonly columns: readonly JsonColumn[];
}

/**
 * Generates the code that reads records of one shape (see json-shape.ts) over their bytes: names are compared four bytes at once, numbers and
 * timestamps go into typed arrays, texts are noted by place. Any value that is unusual (escapes, exponents, another kind of value) is
 * read by `general`, any record that is unusual ends the call.
 */
export function scanCode(
  shape: JsonShape,
  columns: readonly (JsonColumn | undefined)[],
  failOnMissing: boolean,
): GeneratedScan {
  const generator = new Generator(failOnMissing);
  const body = generator.object(shape, columns, 'break fast;');
  const { found } = generator;
  const bindings = found.map((_, k) => generator.binding(k)).join('\n');
  return {
    columns: found,
    source: `'use strict';
${bindings}
const { skip, plainEnd, general, utf8End } = calls;
let minute0 = 0, minute1 = 0, minute2 = 0, minute3 = 0, minuteMs = NaN;
return function scan(bytes, view, starts, ends, from, to, row, records) {
  let r = from;
  const last = bytes.length - 32;
  for (; r < to; r++) {
    let p = starts[r];
    const end = ends[r];
    if (p < 0 || end > last) return r - from;
    let c = 0, more = 0;
    fast: {
      ${body}
      if (p !== end) break fast;
      records[row++] = r;
      continue;
    }
    return r - from;
  }
  return r - from;
};`,
  };
}

class Generator {
  readonly found: JsonColumn[] = [];
  private labels = 0;
  private readonly failOnMissing: boolean;

  constructor(failOnMissing: boolean) {
    this.failOnMissing = failOnMissing;
  }

  binding(k: number): string {
    const { storage } = this.found[k]!;
    const lines = [`const n${k} = columns[${k}].storage.nulls;`];
    if (storage.kind === 'text')
      lines.push(
        `const s${k} = columns[${k}].storage.starts, e${k} = columns[${k}].storage.ends, f${k} = columns[${k}].storage.forms;`,
      );
    if (storage.kind === 'number' || storage.kind === 'boolean')
      lines.push(`const v${k} = columns[${k}].storage.values;`);
    return lines.join('\n');
  }

  /** From the brace to after the closing one. `more`: whether a member must follow. */
  object(shape: JsonShape, columns: readonly (JsonColumn | undefined)[], fail: string): string {
    const byName = new Map(columns.flatMap((column) => (column === undefined ? [] : [[column.name, column] as const])));
    const parts = [`if (bytes[p] !== 123) ${fail}\np++; more = 1;`];
    for (const { name, inner } of shape.members) {
      const column = byName.get(name);
      byName.delete(name);
      const absent = column === undefined ? '' : this.absent(column, fail);
      parts.push(`if (more === 1 && ${literalAt(`${JSON.stringify(name)}:`)}) {
        p += ${Buffer.byteLength(JSON.stringify(name)) + 1};
        if (bytes[p] === 32) p++;
        ${column === undefined ? this.skipped(fail) : this.value(column, inner, fail)}
        if (bytes[p] === 44) { p++; if (bytes[p] === 32) p++; } else more = 0;
      }${absent === '' ? '' : ` else { ${absent} }`}`);
    }
    for (const column of byName.values()) parts.push(this.absent(column, fail));
    parts.push(`if (more === 1 || bytes[p] !== 125) ${fail}\np++;`);
    return parts.join('\n');
  }

  private number(column: JsonColumn): number {
    const known = this.found.indexOf(column);
    return known >= 0 ? known : this.found.push(column) - 1;
  }

  private absent(column: JsonColumn, fail: string): string {
    if (this.failOnMissing) return fail;
    return `n${this.number(column)}[row] = 1;`;
  }

  private skipped(fail: string): string {
    return `p = skip(bytes, view, p);\nif (p < 0) ${fail}`;
  }

  private value(column: JsonColumn, inner: JsonShape | undefined, fail: string): string {
    const k = this.number(column);
    const { storage, type } = column;
    const general = `{ p = general(bytes, p, ${k}, row); if (p < 0) ${fail} }`;
    const isNull = `if (view.getUint32(p, true) === ${NULL_WORD}) { p += 4; n${k}[row] = 1; }`;
    switch (storage.kind) {
      case 'row':
        return `${isNull} else {
          n${k}[row] = 0;
          ${this.object(inner ?? { members: [] }, storage.columns, fail)}
          more = 1;
        }`;
      case 'text':
        return `if (bytes[p] === 34) {
          const start = p + 1;
          let q = plainEnd(bytes, view, start);
          c = bytes[q];
          if (c === 34) {
            n${k}[row] = 0; s${k}[row] = start; e${k}[row] = q; f${k}[row] = 0; p = q + 1;
          } else if (c > 127 && (q = utf8End(bytes, start)) >= 0) {
            n${k}[row] = 0; s${k}[row] = start; e${k}[row] = q; f${k}[row] = 1; p = q + 1;
          } else ${general}
        } else ${isNull} else ${general}`;
      case 'boolean':
        return `if (view.getUint32(p, true) === ${TRUE_WORD}) { p += 4; n${k}[row] = 0; v${k}[row] = 1; }
        else if (view.getUint32(p, true) === ${FALSE_WORD} && bytes[p + 4] === 101) { p += 5; n${k}[row] = 0; v${k}[row] = 0; }
        else ${general}`;
      case 'value':
        return `${isNull} else ${general}`;
      case 'number':
        if (type.kind === 'TIMESTAMP' && type.precision === 3) return this.timestamp(k, isNull, general);
        return isPlainNumber(type.kind) ? this.plainNumber(column, k, isNull, general) : `${isNull} else ${general}`;
    }
  }

  /** Up to fifteen digits, with decimals where the type has them; exact, as is the division by a power of ten up to 10^22. */
  private plainNumber({ type }: JsonColumn, k: number, isNull: string, general: string): string {
    const limit = INTEGER_LIMIT[type.kind];
    const decimals =
      type.kind === 'DOUBLE'
        ? `let fraction = 0;
           if (c === 46) {
             const dot = ++q;
             while ((c = bytes[q]) >= 48 && c <= 57) { x = x * 10 + (c - 48); q++; }
             fraction = q - dot;
             if (fraction === 0) q = start + 99;
           }`
        : type.kind === 'DECIMAL'
          ? `let fraction = 0;
             if (c === 46) {
               const dot = ++q;
               while ((c = bytes[q]) >= 48 && c <= 57) { x = x * 10 + (c - 48); q++; }
               fraction = q - dot;
               if (fraction === 0 || fraction > ${type.scale}) q = start + 99;
             }`
          : '';
    const digits = type.kind === 'DECIMAL' ? Math.min(15, type.precision) : 15;
    // Digits before the point that a DECIMAL's precision leaves, and room to shift by the scale exactly.
    const fits =
      type.kind === 'DECIMAL'
        ? `q - start <= ${digits} && (x *= POWERS[${type.scale} - fraction]) < ${10 ** Math.min(15, type.precision)}`
        : `q - start <= ${type.kind === 'DOUBLE' ? 16 : digits}`;
    const value = type.kind === 'DOUBLE' ? '(fraction > 0 ? x / POWERS[fraction] : x)' : 'x';
    const inRange = limit === undefined ? '' : ` && x <= ${limit}`;
    return `{
      const minus = bytes[p] === 45;
      const start = minus ? p + 1 : p;
      let q = start, x = 0;
      while ((c = bytes[q]) >= 48 && c <= 57) { x = x * 10 + (c - 48); q++; }
      const whole = q - start;
      ${decimals}
      if (whole > 0 && (bytes[start] !== 48 || whole === 1) && (c === 44 || c === 125) && ${fits}${inRange}) {
        n${k}[row] = 0; v${k}[row] = minus ? ${type.kind === 'DOUBLE' ? `-${value}` : `0 - ${value}`} : ${value}; p = q;
      } else ${isNull} else ${general}
    }`;
  }

  /** 2026-01-31 10:20[:30[.123]]: what comes before the seconds is compared with that of the last timestamp. */
  private timestamp(k: number, isNull: string, general: string): string {
    const label = `ts${this.labels++}`;
    return `${label}: {
      if (bytes[p] === 34 && bytes[p + 17] === 58) {
        const w0 = view.getUint32(p + 1, true), w1 = view.getUint32(p + 5, true), w2 = view.getUint32(p + 9, true), w3 = view.getUint32(p + 13, true);
        if (w0 === minute0 && w1 === minute1 && w2 === minute2 && w3 === minute3) {
          const s1 = bytes[p + 18] - 48, s0 = bytes[p + 19] - 48;
          if (s1 >= 0 && s1 <= 5 && s0 >= 0 && s0 <= 9) {
            let ms = (s1 * 10 + s0) * 1000, q = p + 20;
            if (bytes[q] === 46) {
              const a = bytes[q + 1] - 48, b = bytes[q + 2] - 48, d = bytes[q + 3] - 48;
              if (a >= 0 && a <= 9 && b >= 0 && b <= 9 && d >= 0 && d <= 9) { ms += a * 100 + b * 10 + d; q += 4; }
            }
            if (bytes[q] === 34) { n${k}[row] = 0; v${k}[row] = minuteMs + ms; p = q + 1; break ${label}; }
          }
        } else {
          ${general}
          if (n${k}[row] === 0) {
            minute0 = w0; minute1 = w1; minute2 = w2; minute3 = w3;
            minuteMs = Math.floor(v${k}[row] / 60000) * 60000;
          }
          break ${label};
        }
      }
      ${isNull} else ${general}
    }`;
  }
}

const word = (text: string): number => Buffer.from(text).readUInt32LE(0);
const NULL_WORD = word('null');
const TRUE_WORD = word('true');
const FALSE_WORD = word('fals');

const INTEGER_LIMIT: Readonly<Record<string, number>> = { TINYINT: 127, SMALLINT: 32_767, INT: 2_147_483_647 };
const isPlainNumber = (kind: string): boolean =>
  ['TINYINT', 'SMALLINT', 'INT', 'BIGINT', 'DOUBLE', 'DECIMAL'].includes(kind);

/** A condition on the bytes at `p`: reads of four bytes, the last one overlapping. */
function literalAt(text: string): string {
  const bytes = Buffer.from(text);
  const parts: string[] = [];
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) parts.push(`view.getUint32(p + ${at}, true) === ${bytes.readUInt32LE(at)}`);
  if (at < bytes.length) {
    if (bytes.length >= 4) {
      const last = bytes.length - 4;
      parts.push(`view.getUint32(p + ${last}, true) === ${bytes.readUInt32LE(last)}`);
    } else for (; at < bytes.length; at++) parts.push(`bytes[p + ${at}] === ${bytes[at]}`);
  }
  return parts.join(' && ');
}
