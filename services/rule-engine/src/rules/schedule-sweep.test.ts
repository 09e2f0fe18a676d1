/** Guards: a draft that cannot be published holds up no other. */
import { expect, test, vi } from 'vitest';
import { ScheduleSweep } from './schedule-sweep.ts';
import type { DueDraft } from './schedules.repository.ts';

const draft = (id: string): DueDraft => ({ project: 'demo', id });

test('one that fails each time is tried again after a while, and others are published in their time meanwhile', async () => {
  let due = [draft('bad')];
  const tried: string[] = [];
  const sweep = new ScheduleSweep(
    {
      due: () => Promise.resolve(due),
      publishDue: ({ id }) => {
        tried.push(id);
        if (id === 'bad') return Promise.reject(new Error('no'));
        due = due.filter((one) => one.id !== id);
        return Promise.resolve(true);
      },
    },
    { publishSoon: () => Promise.resolve() },
    { error: () => undefined, warn: () => undefined },
  );
  await vi.waitFor(() => expect(tried).toEqual(['bad']));
  due = [draft('bad'), draft('good')];
  await vi.waitFor(() => expect(tried).toEqual(['bad', 'good']), { timeout: 1_500 });
  await vi.waitFor(() => expect(tried).toEqual(['bad', 'good', 'bad']), { timeout: 5_000 });
  await sweep.close();
});
