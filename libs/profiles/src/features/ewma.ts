import type { Aggregate } from './aggregate.ts';
import { numberOf } from './decimal.ts';

/** Sums as of the newest event's time: an event that is one half-life older weighs half. */
interface Weighted {
  timeMs: number;
  sum: number;
  weight: number;
}

/**
 * Average of the values with weights 2^-(age / half-life): sum(v w) / sum(w). Ages cancel out of the quotient, so it does not move
 * between events. Right to floating-point rounding (1e-9 relative), in whatever order events come.
 */
export function ewma(halfLifeMs: number): Aggregate<Weighted> {
  const join = (into: Weighted, timeMs: number, sum: number, weight: number): Weighted => {
    if (timeMs > into.timeMs) {
      const decay = 2 ** ((into.timeMs - timeMs) / halfLifeMs);
      into.sum = into.sum * decay + sum;
      into.weight = into.weight * decay + weight;
      into.timeMs = timeMs;
    } else {
      const decay = 2 ** ((timeMs - into.timeMs) / halfLifeMs);
      into.sum += sum * decay;
      into.weight += weight * decay;
    }
    return into;
  };
  return {
    add(into, { value, timeMs }) {
      const number = numberOf(value);
      if (number === undefined) return undefined;
      return into === undefined ? { timeMs, sum: number, weight: 1 } : join(into, timeMs, number, 1);
    },
    merge: (into, from) => (into === undefined ? { ...from } : join(into, from.timeMs, from.sum, from.weight)),
    write(writer, { timeMs, sum, weight }) {
      writer.zigzag(timeMs);
      writer.double(sum);
      writer.double(weight);
    },
    fold(into, tiles) {
      const { reader } = tiles;
      let all = into;
      while (tiles.next()) {
        const timeMs = reader.zigzag();
        const sum = reader.double();
        const weight = reader.double();
        all = all === undefined ? { timeMs, sum, weight } : join(all, timeMs, sum, weight);
      }
      return all!;
    },
    read: (reader) => ({ timeMs: reader.zigzag(), sum: reader.double(), weight: reader.double() }),
    value: (state) => ({ value: state === undefined ? null : state.sum / state.weight }),
  };
}
