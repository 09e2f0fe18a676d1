import { describe, expect, test, vi } from 'vitest';
import { SharedPolls } from './shared-poll.ts';

describe('one reading for all listeners', () => {
  const counting = (values: readonly number[]) => {
    let reads = 0;
    const read = (): Promise<number> => Promise.resolve(values[Math.min(reads++, values.length - 1)]!);
    return { options: { read, everyMs: 1, onError: vi.fn() }, reads: () => reads };
  };

  test('only a change is told, and a newcomer hears the last value at once', async () => {
    const polls = new SharedPolls();
    const { options } = counting([1, 1, 1, 2]);
    const first: number[] = [];
    polls.listen('k', options).subscribe((value) => first.push(value));
    await vi.waitFor(() => expect(first).toEqual([1, 2]));
    const late: number[] = [];
    polls.listen('k', options).subscribe((value) => late.push(value));
    expect(late).toEqual([2]);
    polls.close();
  });

  test('nothing is read when nobody listens any more', async () => {
    const polls = new SharedPolls();
    const { options, reads } = counting([1]);
    const subscription = polls.listen('k', options).subscribe();
    await vi.waitFor(() => expect(reads()).toBeGreaterThan(1));
    subscription.unsubscribe();
    const before = reads();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(reads() - before).toBeLessThanOrEqual(1);
  });

  test('a failing reading is reported and tried again', async () => {
    const polls = new SharedPolls();
    const onError = vi.fn();
    let tries = 0;
    const read = (): Promise<string> => (++tries === 1 ? Promise.reject(new Error('away')) : Promise.resolve('back'));
    const heard: string[] = [];
    polls.listen('k', { read, everyMs: 1, onError }).subscribe((value) => heard.push(value));
    await vi.waitFor(() => expect(heard).toEqual(['back']));
    expect(onError).toHaveBeenCalledOnce();
    polls.close();
  });

  test('closing ends every stream', async () => {
    const polls = new SharedPolls();
    const ended = vi.fn();
    polls.listen('k', counting([1]).options).subscribe({ complete: ended });
    polls.close();
    await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce());
  });
});
