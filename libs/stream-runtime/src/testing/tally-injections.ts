import type { RunningProcessor } from '../processor-options.ts';
import { appendTo, emptyTally, type Tally } from './tally.ts';
import { outputOf, type RoomAddress } from './tally-room.ts';

/** The key that injections into a partition count in: its partition is not that of its hash. */
export const injectedKey = (partition: number): string => `injected:${partition}`;

/**
 * Injects the numbers 1 to `count` into every partition, whenever it is owned here: each is added once, since the tally's count is the
 * cursor. Goes on until the process ends.
 */
export async function injectAll(
  processor: RunningProcessor<Tally>,
  room: Pick<RoomAddress, 'name' | 'partitions'>,
  count: number,
): Promise<void> {
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
  const injectInto = async (partition: number): Promise<void> => {
    const key = injectedKey(partition);
    for (let i = 1; i <= count;) {
      const outcome = await processor
        .inject(partition, {
          keys: [key],
          apply: (context) => {
            const done = (context.get(key) ?? emptyTally()).count;
            if (done < i) appendTo(context, key, i, outputOf(room.name));
          },
        })
        .catch(() => 'unknown');
      if (outcome === 'applied') i += 1;
      else await pause();
    }
  };
  await Promise.all(Array.from({ length: room.partitions }, (_, partition) => injectInto(partition)));
}
