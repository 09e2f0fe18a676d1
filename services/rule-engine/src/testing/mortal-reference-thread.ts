/** The thread that asks json-rules-engine, which ends, or answers nothing, where an event says so. */
import { workerData } from 'node:worker_threads';
import type { ReferenceQuestion, ReferenceSetting } from '../evaluation/reference-messages.ts';

const { port } = workerData as ReferenceSetting;
port.on('message', ({ facts }: ReferenceQuestion) => {
  const { fate } = facts.event.data as { readonly fate?: unknown };
  if (fate === 'ends') process.exit(3);
  // After it has answered.
  if (fate === 'ends later') setTimeout(() => process.exit(3), 50);
  while (fate === 'hangs');
});
await import('../reference-evaluation.ts');
