import { emptyTally, type Tally, type TallyCommand } from './tally.ts';

export interface Sent {
  readonly key: string;
  readonly command: TallyCommand;
}

export interface Expected {
  readonly tallies: Map<string, Tally>;
  /** By key, in order. */
  readonly outputs: Map<string, string[]>;
  readonly deadLetters: number;
}

/** What any number of processors on any number of partitions must end with: each record once, in order per key. */
export function expectedOf(sent: readonly Sent[]): Expected {
  const tallies = new Map<string, Tally>();
  const outputs = new Map<string, string[]>();
  let deadLetters = 0;
  for (const { key, command } of sent) {
    const tally = tallies.get(key) ?? emptyTally();
    if (command.do === 'add' || command.do === 'append') {
      tally.count += 1;
      tally.sum += command.amount;
      tallies.set(key, tally);
      outputs.set(key, [...(outputs.get(key) ?? []), `${key} ${tally.count} ${tally.sum}`]);
    } else if (command.do === 'forget') tallies.delete(key);
    else if (command.do === 'reject') {
      tally.rejected += 1;
      tallies.set(key, tally);
    }
    if (command.do === 'reject' || command.do === 'throw') deadLetters += 1;
  }
  return { tallies, outputs, deadLetters };
}
