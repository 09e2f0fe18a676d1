import { type ByteReader, signed } from '../bytes.ts';
import type { Aggregate } from './aggregate.ts';
import {
  addDecimals,
  decimal,
  type Decimal,
  decimalNumber,
  decimalOf,
  decimalText,
  dividedBy,
  numberOf,
  readDecimal,
  writeDecimal,
} from './decimal.ts';
import type { StoredTiles } from './stored-tiles.ts';

/** The exact sum. */
export const sum: Aggregate<Decimal> = {
  add(into, { value }) {
    const number = decimalOf(value);
    if (number === undefined) return undefined;
    return into === undefined ? number : addDecimals(into, number);
  },
  merge: (into, from) => (into === undefined ? from : addDecimals(into, from)),
  write: writeDecimal,
  read: readDecimal,
  fold: (into, tiles) => sumOf(into, tiles, false).sum!,
  value: (state) =>
    state === undefined ? { value: 0, exact: '0' } : { value: decimalNumber(state), exact: decimalText(state) },
};

/** What tiles with a sum, and a count before it, come to. In integers of one scale for as long as they are, as amounts of one field mostly are. */
function sumOf(
  into: Decimal | undefined,
  tiles: StoredTiles,
  hasCounts: boolean,
): { readonly count: number; readonly sum: Decimal | undefined } {
  const { reader } = tiles;
  let count = 0;
  let sum = into;
  let unscaled = 0;
  let scale = NONE;
  while (tiles.next()) {
    if (hasCounts) count += reader.varint();
    const nextScale = reader.varint();
    const next = reader.integer();
    if (typeof next === 'number' && (nextScale === scale || scale === NONE)) {
      const added = unscaled + next;
      if (Number.isSafeInteger(added)) {
        unscaled = added;
        scale = nextScale;
        continue;
      }
    }
    const one = decimal(next, nextScale);
    sum = sum === undefined ? one : addDecimals(sum, one);
  }
  if (scale !== NONE) {
    const rest = decimal(unscaled, scale);
    sum = sum === undefined ? rest : addDecimals(sum, rest);
  }
  return { count, sum };
}

const NONE = -1;

interface Mean {
  count: number;
  sum: Decimal;
}

/** The double nearest to the exact sum divided by the count. */
export const avg: Aggregate<Mean> = {
  add(into, { value }) {
    const number = decimalOf(value);
    if (number === undefined) return undefined;
    if (into === undefined) return { count: 1, sum: number };
    into.count += 1;
    into.sum = addDecimals(into.sum, number);
    return into;
  },
  merge(into, from) {
    if (into === undefined) return { ...from };
    into.count += from.count;
    into.sum = addDecimals(into.sum, from.sum);
    return into;
  },
  write(writer, state) {
    writer.varint(state.count);
    writeDecimal(writer, state.sum);
  },
  read: (reader) => ({ count: reader.varint(), sum: readDecimal(reader) }),
  fold(into, tiles) {
    const { count, sum } = sumOf(into?.sum, tiles, true);
    return { count: (into?.count ?? 0) + count, sum: sum! };
  },
  value: (state) => ({ value: state === undefined ? null : dividedBy(state.sum, state.count) }),
};

function readNumber(reader: ByteReader): number {
  const first = reader.varint();
  return first === 1 ? reader.double() : signed(first / 2);
}

function extreme(isBetter: (a: number, b: number) => boolean): Aggregate<number> {
  const better = (into: number | undefined, value: number): number =>
    into === undefined || isBetter(value, into) ? value : into;
  return {
    add(into, { value }) {
      const number = numberOf(value);
      return number === undefined ? undefined : better(into, number);
    },
    merge: better,
    write(writer, state) {
      // Integers are common and shorter so; the lowest bit says which it is.
      if (Number.isInteger(state) && Math.abs(state) < 2 ** 50 && !Object.is(state, -0)) {
        writer.varint((state >= 0 ? state * 2 : state * -2 - 1) * 2);
      } else {
        writer.varint(1);
        writer.double(state);
      }
    },
    read: readNumber,
    fold(into, tiles) {
      let best = into;
      while (tiles.next()) best = better(best, readNumber(tiles.reader));
      return best!;
    },
    value: (state) => ({ value: state ?? null }),
  };
}

export const min: Aggregate<number> = extreme((a, b) => a < b);
export const max: Aggregate<number> = extreme((a, b) => a > b);
