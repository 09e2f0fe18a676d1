import type { Row, Value } from '../values/data-type.ts';

/**
 * A sum over rows that does not depend on their order: every value of a row is folded into two 32-bit numbers, and a row that is taken back
 * is subtracted. So the sums of a changelog are those of the table that it leaves.
 */
export class RowChecksum {
  private low = 0;
  private high = 0;
  rows = 0;
  left = 0;

  add(row: Row): void {
    this.rows++;
    this.left++;
    this.fold(row, 1);
  }

  remove(row: Row): void {
    this.rows++;
    this.left--;
    this.fold(row, -1);
  }

  /** Sixteen hexadecimal digits, and the number of rows that are left. */
  toString(): string {
    const hex = (part: number): string => (part >>> 0).toString(16).padStart(8, '0');
    return `${hex(this.high)}${hex(this.low)}:${this.left}`;
  }

  private fold(row: Row, sign: 1 | -1): void {
    let a = 0x811c9dc5;
    let b = 0x9747b28c;
    for (let i = 0; i < row.length; i++) {
      const value = hashOf(row[i]!);
      a = Math.imul(a ^ value, 0x01000193);
      b = Math.imul(b ^ ((value >>> 15) | (value << 17)), 0x85ebca6b) ^ (a >>> 13);
    }
    this.low = (this.low + sign * mixed(a)) | 0;
    this.high = (this.high + sign * mixed(b)) | 0;
  }
}

function mixed(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x7feb352d);
  h ^= h >>> 15;
  h = Math.imul(h, 0x846ca68b);
  return h ^ (h >>> 16);
}

function hashOf(value: Value): number {
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return textHash(String(value));
    return mixed((value | 0) ^ Math.imul(Math.floor(value / 4_294_967_296) | 0, 0x9e3779b1));
  }
  if (typeof value === 'string') return textHash(value);
  if (value === null) return 0x6e756c6c;
  if (typeof value === 'boolean') return value ? 0x74 : 0x66;
  if (typeof value === 'bigint') return textHash(value.toString());
  throw new TypeError('Nexmark has only plain values');
}

function textHash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}
