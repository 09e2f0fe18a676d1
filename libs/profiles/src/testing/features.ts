import { Feature, FeatureDraft } from '@hermes/contracts/feature';
import type { HermesEvent } from '@hermes/contracts/event';
import type { z } from 'zod';
import type { CompiledFeature } from '../features/compile-feature.ts';
import { seenBy, stampOf } from '../features/see-event.ts';
import type { SubjectState } from '../features/subject-state.ts';
import type { PlainEvent } from './recompute.ts';

let slots = 0;

/** A published feature; what is not given is filled in. */
export function featureOf(
  draft: Partial<z.input<typeof FeatureDraft>> & Pick<z.input<typeof FeatureDraft>, 'compute'>,
  id = 'f',
  slot = ++slots,
): Feature {
  const takesWritesOnly = 'writable' in draft.compute && draft.compute.path === undefined;
  return Feature.parse({
    ...FeatureDraft.parse({ name: id, eventTypes: takesWritesOnly ? [] : ['a'], ...draft }),
    id,
    project: 'demo',
    version: 1,
    slot,
    timeZone: 'UTC',
    publishedAt: '2026-01-01T00:00:00.000Z',
  });
}

export const hermesEvent = ({ timeMs, receivedAtMs, ...rest }: PlainEvent): HermesEvent => ({
  specversion: '1.0',
  project: 'demo',
  time: new Date(timeMs).toISOString(),
  receivedat: new Date(receivedAtMs).toISOString(),
  ...rest,
  data: { ...rest.data },
});

/** Counts events into a state, as the processor does. */
export function countAll(
  state: SubjectState,
  features: readonly CompiledFeature[],
  events: readonly PlainEvent[],
): SubjectState {
  for (const plain of events) {
    const event = hermesEvent(plain);
    for (const feature of features) {
      if (!feature.types.includes(event.type)) continue;
      const seen = seenBy(feature, event, stampOf(event));
      if (seen !== undefined) state.count(feature, seen);
    }
  }
  return state;
}
