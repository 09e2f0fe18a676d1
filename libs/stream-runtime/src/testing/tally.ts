import type { PartitionLogic, StateCodec, StepContext } from '../logic.ts';

/** What the test processor does with a record; its JSON value. */
export type TallyCommand =
  | { readonly do: 'add'; readonly amount: number }
  /** Like `add`, but only the addition is written, behind what is stored. */
  | { readonly do: 'append'; readonly amount: number }
  /** Changes state and emits, then has itself dead-lettered, then counts that. */
  | { readonly do: 'reject' }
  /** Changes state and emits, then throws. */
  | { readonly do: 'throw' }
  | { readonly do: 'forget' }
  | { readonly do: 'remember'; readonly ttlMs: number }
  | { readonly do: 'remind'; readonly id: string; readonly dueMs: number }
  | { readonly do: 'cancel'; readonly id: string };

export interface Tally {
  count: number;
  sum: number;
  rejected: number;
  fired: string[];
}

/** A line per part; the value is the sum of its parts, so that a part may be appended. */
export const tallyCodec: StateCodec<Tally> = {
  encode: (value) => Buffer.from(`${JSON.stringify(value)}\n`),
  decode: (bytes) => {
    const whole = emptyTally();
    for (const line of bytes.toString().trimEnd().split('\n')) {
      const part = JSON.parse(line) as Tally;
      whole.count += part.count;
      whole.sum += part.sum;
      whole.rejected += part.rejected;
      whole.fired.push(...part.fired);
    }
    return whole;
  },
};

/** Adds to a tally by an append, and emits like every addition. */
export function appendTo<D>(context: StepContext<Tally, D>, key: string, amount: number, outputTopic: string): void {
  const tally = context.get(key) ?? emptyTally();
  tally.count += 1;
  tally.sum += amount;
  context.append(key, tally, tallyCodec.encode({ ...emptyTally(), count: 1, sum: amount }));
  context.emit({ topic: outputTopic, key, value: `${key} ${tally.count} ${tally.sum}` });
}

export const emptyTally = (): Tally => ({ count: 0, sum: 0, rejected: 0, fired: [] });

/** Every addition emits one output `<key> <count> <sum>`: outputs in order, none lost and none doubled, are easy to check. */
export function tallyLogic(outputTopic: string): PartitionLogic<Tally, unknown> {
  return {
    keysOf: (record) => [record.key!.toString()],
    onRecord: (record, context) => {
      const key = record.key!.toString();
      const command = JSON.parse(record.value!.toString()) as TallyCommand;
      const tally = context.get(key) ?? emptyTally();
      const add = (amount: number): void => {
        tally.count += 1;
        tally.sum += amount;
        context.set(key, tally);
        context.emit({ topic: outputTopic, key, value: `${key} ${tally.count} ${tally.sum}` });
      };
      switch (command.do) {
        case 'add':
          return add(command.amount);
        case 'append':
          return appendTo(context, key, command.amount, outputTopic);
        case 'reject': {
          add(1_000_000);
          appendTo(context, key, 1_000_000, outputTopic);
          context.deadLetter({ code: 'refused', reason: 'the test said so' });
          const clean = context.get(key) ?? emptyTally();
          clean.rejected += 1;
          return context.set(key, clean);
        }
        case 'throw':
          appendTo(context, key, 1_000_000, outputTopic);
          add(1_000_000);
          appendTo(context, key, 1_000_000, outputTopic);
          throw new TypeError('the test said so');
        case 'forget':
          return context.delete(key);
        case 'remember':
          return context.set(key, tally, { ttlMs: command.ttlMs });
        case 'remind':
          return context.setTimer({ id: command.id, dueMs: command.dueMs, payload: key });
        case 'cancel':
          return context.cancelTimer(command.id);
      }
    },
    keysOfTimer: (timer) => [timer.payload],
    onTimer: (timer, context) => {
      const tally = context.get(timer.payload) ?? emptyTally();
      tally.fired.push(timer.id);
      context.set(timer.payload, tally);
      context.emit({ topic: outputTopic, key: timer.payload, value: `${timer.payload} fired ${timer.id}` });
    },
  };
}
