import type { Aggregate } from './aggregate.ts';
import {
  addDecimals,
  addStored,
  type Decimal,
  decimalNumber,
  decimalOf,
  decimalText,
  dividedBy,
  numberOf,
  readDecimal,
  writeDecimal,
} from './decimal.ts';

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
  readInto: addStored,
  value: (state) =>
    state === undefined ? { value: 0, exact: '0' } : { value: decimalNumber(state), exact: decimalText(state) },
};

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
  readInto(into, reader) {
    into.count += reader.varint();
    into.sum = addStored(into.sum, reader);
    return into;
  },
  value: (state) => ({ value: state === undefined ? null : dividedBy(state.sum, state.count) }),
};

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
    read(reader) {
      const first = reader.varint();
      if (first === 1) return reader.double();
      const zigzag = first / 2;
      return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    },
    value: (state) => ({ value: state ?? null }),
  };
}

export const min: Aggregate<number> = extreme((a, b) => a < b);
export const max: Aggregate<number> = extreme((a, b) => a > b);
