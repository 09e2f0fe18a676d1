import { expect, test } from 'vitest';
import { madeOnce } from './made-once.ts';

test('is made once however often it is asked for, and again after a failure', async () => {
  let tries = 0;
  const made = madeOnce(async () => {
    tries += 1;
    if (tries === 1) throw new Error('away');
  });
  await expect(made()).rejects.toThrow('away');
  await Promise.all([made(), made()]);
  await made();
  expect(tries).toBe(2);
});
