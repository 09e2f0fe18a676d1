import type { Aggregate, ValueContext } from './aggregate.ts';

const counted = {
  add: (into: number | undefined) => (into ?? 0) + 1,
  merge: (into: number | undefined, from: number) => (into ?? 0) + from,
  write: (writer, state) => writer.varint(state),
  read: (reader) => reader.varint(),
  fold(into, tiles) {
    let events = into ?? 0;
    while (tiles.next()) events += tiles.reader.varint();
    return events;
  },
} satisfies Omit<Aggregate<number>, 'value'>;

/** How many events. */
export const count: Aggregate<number> = { ...counted, value: (state) => ({ value: state ?? 0 }) };

export const UNIT_MS = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** The part of the window that has passed, in milliseconds; what a rate is divided by. */
function passedMs({ nowMs, fromMs, toMs }: ValueContext): number {
  if (fromMs === null) return Number.NaN;
  return Math.min(toMs ?? nowMs, nowMs) - fromMs;
}

/** Events per unit of time over the part of the window that has passed. */
export const rate = (per: keyof typeof UNIT_MS): Aggregate<number> => ({
  ...counted,
  value: (state, context) => {
    const ms = passedMs(context);
    return { value: ms > 0 ? (state ?? 0) / (ms / UNIT_MS[per]) : null };
  },
});

/** The newest event time; asked for, how long ago it was. An event of the future is no time ago. */
export const timeSince: Aggregate<number> = {
  add: (into, { timeMs }) => (into === undefined || timeMs > into ? timeMs : into),
  merge: (into, from) => (into === undefined || from > into ? from : into),
  write: (writer, state) => writer.zigzag(state),
  read: (reader) => reader.zigzag(),
  value: (state, { nowMs }) => ({ value: state === undefined ? null : Math.max(0, nowMs - state) }),
};
